using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>The part that writes the range's whole state to disk, or gives it to the range's next owner, and begins from either.</summary>
internal sealed unsafe partial class ParameterServerActor
{
    // ---- checkpoints ------------------------------------------------------------------------------------------------------

    private void Announce(CheckpointAnnounced announced)
    {
        _checkpoints.Announce(announced.Version, announced.IsLast);
        CheckpointIfDue();
    }

    /// <summary>A checkpoint holds the state before the decision that may be due at its version: who resumes decides again.</summary>
    private void CheckpointIfDue()
    {
        if (!HasState || _isHandedOver || _next is not null || !_checkpoints.IsDue(Version))
            return;
        _checkpoints.Write(RangeSnapshot.Take(_range, Version, _current!, _state.Optimizer.State, _state.Best, _state.BestVersion, _lead, _place.Pool));
    }

    private void Restore(RangeRestored restored)
    {
        var snapshot = restored.Snapshot!;
        if (!HasState)
        {
            _state.Restore(snapshot, Range(_current ??= _place.Store.Hold(snapshot.Version)));
            _place.Round(_current, _range.Begin, _range.Length, Version);
            BeginStep(isStep: false);
            _place.JobActor.Tell(new RangeServed(_range.Index));
            ServeTargets();
            HandOverIfMoved();
            FillBackup();
            TakeEarly();
            ConcludeIfComplete();
        }

        snapshot.Release();
    }

    // ---- handing the range over -------------------------------------------------------------------------------------------

    /// <summary>Once a version is stamped with an assignment that names another owner, that owner gets the state at this version.</summary>
    private void HandOverIfMoved()
    {
        if (_isHandedOver || _activated is not { } activated || activated.Version != Version)
            return;
        var owner = activated.Assignment.Primaries[_range.Index];
        if (owner == _place.Self || _gone.Contains(owner))
            return;
        _state.Send(
            _place,
            owner,
            new FrameHeader { Kind = FrameKind.State, Term = activated.Assignment.Authority, Assignment = activated.Assignment.Number },
            Range(_current!));
        _isHandedOver = true;
        _place.JobActor.Tell(new RangeHandedOver(_range.Index));
    }

    private void TakeState(FrameArrived frame)
    {
        if (!HasState)
        {
            _current ??= _place.Store.TryHold(frame.Header.Step);
            if (_current is not null && _state.Take(frame, Range(_current)))
                BeginFromState();
        }

        frame.Payload.Release();
    }

    private void BeginFromState()
    {
        _place.Round(_current!, _range.Begin, _range.Length, Version);
        TakeFactorsOfState();
        BeginStep(isStep: false);
        FindTargets(); // the old server has sent them this version
        BeginHeader(Version);
        _place.JobActor.Tell(new RangeServed(_range.Index));
        _place.JobActor.Tell(new RangeWritten(_header));
        FillBackup();
        TakeEarly();
        ConcludeIfComplete();
    }
}
