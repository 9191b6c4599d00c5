using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that keeps a backup up to date, and that goes on where a backup became this server.</summary>
internal sealed unsafe partial class ParameterServerActor
{
    private Replication? _replica;
    private bool _isTakenOver;

    /// <summary>Another server has come further than this one: nodes push what they pushed to that one.</summary>
    private bool _keepsEarly;

    private bool MayLeaveVersion => IsMoving || (_replica?.MayLeave(Version) ?? true);

    /// <summary>
    /// The assignment in force names another owner. The backup has heard of it too, perhaps before: it answers to that one now, or it has
    /// become that one.
    /// </summary>
    private bool IsMoving => _activated is { } activated && activated.Assignment.Primaries[_range.Index] != _place.Self;

    /// <summary>The first assignment's backup makes version 0 from the seed like this server: nothing need be sent.</summary>
    private void ReplicateFromTheStart(Assignment assignment)
    {
        if (assignment.Number == 1 && Version == 0 && _replica is null && !_isTakenOver && assignment.BackupOf(_range.Index) is { } backup)
            _replica = new Replication(backup, assignment.Number, Version, counts: true);
    }

    /// <summary>An assignment in force names another backup: it gets the state between two steps, and every sum from there on.</summary>
    private void FillBackup()
    {
        if (!HasState || _isHandedOver || _next is not null || _activated?.Assignment is not { } assignment)
            return;
        var backup = assignment.BackupOf(_range.Index);
        var isDoubtful = _replica is { IsAssumed: true } && _replica.Assignment != assignment.Number;
        if (assignment.Primaries[_range.Index] != _place.Self || (backup == _replica?.Backup && !isDoubtful))
            return;
        _replica = null;
        if (backup is null || _gone.Contains(backup))
            return;
        _replica = new Replication(backup, assignment.Number, Version, counts: false);
        _replica.Made(Version, Checksum.Of(Bytes(_current!)));
        _state.Send(
            _place, backup, new FrameHeader { Kind = FrameKind.ReplicaState, Term = _authority, Assignment = assignment.Number }, Range(_current!));
    }

    /// <summary>The root's sum goes to the backup before the version it makes goes to anyone.</summary>
    private void Replicate(RangePiece piece, HeldPartial root, float clipFactor)
    {
        if (_replica is null)
            return;
        var header = new FrameHeader
        {
            Kind = FrameKind.Replicate,
            Range = _range.Index,
            Piece = piece.Index,
            Term = _authority,
            Step = Version,
            Part = (byte)(_replica.Counts ? 1 : 0),
            Sums = root.Sums,
            BadShard = -1,
            SlotEnd = _job.Plan.Shards,
            Assignment = _header.Assignment,
            IsFinal = _header.IsFinal,
            ClipFactor = clipFactor,
            BestVersion = _state.Reductions,
        };
        var slice = ToWire(root.HeldSlice());
        _place.Transport.Send(_replica.Backup, _job.Id, header, slice);
        slice.Release();
    }

    private void NoteReplicated() => _replica?.Made(Version, Checksum.Of(Bytes(_current!)));

    private void Acknowledged(FrameArrived frame)
    {
        var header = frame.Header;
        if (_replica is null)
            return;
        if (!_replica.Acknowledge(header.Assignment, header.Step, (uint)header.BestVersion, Version))
        {
            Fail($"nodes {_place.Self} and {_replica.Backup} have other parameters at version {header.Step}, range {_range.Index}: one of the machines is faulty, or this is a defect");
            return;
        }

        CommitWhatIsComplete();
    }

    private void LoseBackup()
    {
        if (_replica is null || IsThere(_replica.Backup))
            return;
        _replica = null;
        CommitWhatIsComplete();
    }

    /// <summary>This server was the range's backup: its version goes to the store, and to everybody under the new authority.</summary>
    private void BeginAsPromoted(Promoted promoted)
    {
        (_isTakenOver, _keepsEarly) = (true, true);
        promoted.Parameters.Span.CopyTo(Range(_current!));
        _place.Round(_current!, _range.Begin, _range.Length, Version);
        TakeFactorsOfState();
        promoted.Parameters.Dispose();
        _early.AddRange(promoted.Pending);
    }

    private ReadOnlySpan<byte> Bytes(TensorBuffer version) => version.Bytes.Slice(_range.Begin * sizeof(float), _range.Length * sizeof(float));
}
