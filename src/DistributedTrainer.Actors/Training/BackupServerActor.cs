using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Keeps a range's backup: takes each step's sums from the primary, applies the same update to a copy of its own and acknowledges it with
/// a checksum. A step is applied once all its pieces are here, so that the state is always whole. When the primary is gone, it gives the
/// state up to a server on this node.
/// </summary>
internal sealed unsafe class BackupServerActor : ReceiveActor
{
    private readonly OpenedJob _job;
    private readonly ServerRange _range;
    private readonly ServerPlace _place;
    private readonly RangeState _state;
    private readonly FloatBuffer _parameters;
    private readonly List<FrameArrived> _sums = [];
    private readonly int _pieces;
    private string _primary;
    private int _assignment;
    private bool _counts;
    private bool _isGivenUp;

    /// <param name="job">The job.</param>
    /// <param name="range">The range.</param>
    /// <param name="place">The node's store, pool and data plane.</param>
    /// <param name="assignment">That made this node the backup.</param>
    /// <param name="awaitsState">False: begins at version 0, which the store holds.</param>
    public BackupServerActor(OpenedJob job, ServerRange range, ServerPlace place, Assignment assignment, bool awaitsState)
    {
        (_job, _range, _place, _primary, _assignment) = (job, range, place, assignment.Primaries[range.Index], assignment.Number);
        _pieces = job.FirstPieces[range.Index + 1] - job.FirstPieces[range.Index];
        _parameters = new FloatBuffer(range.Length);
        _state = new RangeState(job, range, awaitsState ? -1 : 0);
        _counts = !awaitsState;
        Receive<FrameArrived>(frame => frame.Header.Kind == FrameKind.Replicate, Take);
        Receive<FrameArrived>(TakeState);
        Receive<AssignmentActivated>(activated => _primary = activated.Assignment.Primaries[_range.Index]);
        Receive<EpochDecisionKnown>(Decide);
        Receive<Promote>(_ => GiveUp());
    }

    protected override void PreStart()
    {
        if (!_counts)
            return;
        var initial = _place.Store.Hold(0);
        initial.Floats.Slice(_range.Begin, _range.Length).CopyTo(_parameters.Span);
        initial.Release();
        _place.JobActor.Tell(new BackupCounts(_range.Index));
    }

    protected override void PostStop()
    {
        if (_isGivenUp)
            return;
        foreach (var sum in _sums)
            sum.Payload.Release();
        _state.Dispose();
        _parameters.Dispose();
    }

    private void Take(FrameArrived sum)
    {
        _sums.Add(sum);
        if (sum.Header.Part == 1 && !_counts)
        {
            _counts = true;
            _place.JobActor.Tell(new BackupCounts(_range.Index));
        }

        ApplyWhatIsWhole();
    }

    private void TakeState(FrameArrived frame)
    {
        if (_state.Version < 0 && frame.Header.Kind == FrameKind.ReplicaState && _state.Take(frame, _parameters.Span))
        {
            _assignment = frame.Header.Assignment;
            Acknowledge();
            ApplyWhatIsWhole();
        }
        else if (frame.Header is { Kind: FrameKind.ReplicaState, Part: 0 } header && header.Step == _state.Version && header.Assignment > _assignment)
        {
            // The primary could not know that the seed's version was made here too.
            _assignment = header.Assignment;
            Acknowledge();
        }

        frame.Payload.Release();
    }

    private void Decide(EpochDecisionKnown decision)
    {
        if (_state.Decide(decision, _parameters.Span))
            ApplyWhatIsWhole();
    }

    private void ApplyWhatIsWhole()
    {
        while (_state is { Version: >= 0, AwaitsDecision: false, IsStopped: false } && CountOf(_state.Version) == _pieces)
        {
            FrameHeader header = default;
            for (var index = _sums.Count - 1; index >= 0; index--)
            {
                if (_sums[index].Header.Step > _state.Version)
                    continue;
                var (head, payload) = _sums[index];
                _sums.RemoveAt(index);
                if (head.Step == _state.Version)
                {
                    header = head;
                    Apply(head, payload);
                }

                payload.Release();
            }

            _state.Clips.Note(header.Step, header.ClipFactor);
            _state.Lead?.Follow(header.Sums, header.Step + 1, header.Assignment, header.IsFinal);
            _state.Advance();
            _state.DecideWhatIsDue(_parameters.Span);
            Acknowledge();
        }
    }

    private int CountOf(long step)
    {
        var count = 0;
        foreach (var sum in _sums)
            count += sum.Header.Step == step ? 1 : 0;
        return count;
    }

    private void Apply(in FrameHeader header, TensorSlice sum)
    {
        var piece = _job.Pieces[_job.FirstPieces[_range.Index] + header.Piece];
        var parameters = _parameters.Pointer + (piece.Begin - _range.Begin);
        _state.Optimizer.Update(
            piece.Begin - _range.Begin, piece.Length, parameters, parameters, sum.Buffer!.Pointer + sum.Offset, null, header.Sums, 0,
            _state.Terms(header.ClipFactor, (int)header.BestVersion));
    }

    private void Acknowledge() => _place.SendHead(_primary, _job.Id, new FrameHeader
    {
        Kind = FrameKind.ReplicaAck,
        Range = _range.Index,
        Step = _state.Version,
        Assignment = _assignment,
        BestVersion = Checksum.Of(_parameters.Bytes),
    });

    private void GiveUp()
    {
        _isGivenUp = true;
        var pending = _sums.Where(sum => sum.Header.Step >= _state.Version).Select(sum => sum with { Header = sum.Header with { Kind = FrameKind.Push, Part = 0 } }).ToList();
        foreach (var sum in _sums.Where(sum => sum.Header.Step < _state.Version))
            sum.Payload.Release();
        _place.JobActor.Tell(new Promoted(_state, _parameters, pending));
        Context.Stop(Self);
    }
}
