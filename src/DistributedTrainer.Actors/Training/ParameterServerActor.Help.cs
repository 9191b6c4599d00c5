using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that has missing slots computed by others, and compares what comes twice.</summary>
internal sealed unsafe partial class ParameterServerActor
{
    private readonly HelpPlan _help;
    private readonly DuplicateWatch _duplicates = new();
    private IReadOnlySet<string> _gone = new HashSet<string>();
    private ITimer? _helpTimer;
    private int _ticks;

    private TimeSpan Now => _place.Surroundings.Now;

    private bool IsThere(string node) => !_gone.Contains(node);

    /// <summary>Shards of this step by node, once an assignment is in force.</summary>
    private Assignment? StepAssignment => _activated?.Assignment;

    private void StartHelpTimer()
    {
        // Akka's timers are coarser than a late step. A tick that nobody has looked at yet is not followed by another.
        var self = Self;
        _helpTimer = _place.Surroundings.Time.CreateTimer(
            _ =>
            {
                if (Interlocked.Exchange(ref _ticks, 1) == 0)
                    self.Tell(HelpTick.Instance, Akka.Actor.ActorRefs.NoSender);
            },
            null, HelpTick.Interval, HelpTick.Interval);
    }

    private void BeginToWatch(bool isStep)
    {
        _duplicates.NextStep(Version, _help.HasAsked);
        _help.Begin(Version, Now, isStep);
        if (_gone.Count > 0)
            Ask();
    }

    private void Miss(GoneChanged gone)
    {
        _gone = gone.Nodes;
        _hasNewAssignment = true;
        _targets = [.. _targets.Where(IsThere)];
        _stamped = [.. _stamped.Where(IsThere)];
        LoseBackup();
        Ask();
    }

    private void AskIfLate()
    {
        Volatile.Write(ref _ticks, 0);
        if (_help.IsDue(Now) && IsOutlived())
        {
            _place.JobActor.Tell(new RangeOutlived(_range.Index), Self);
            return;
        }

        if (_gone.Count > 0 || _help.IsDue(Now))
            Ask();
        AskForNorms();
    }

    /// <summary>
    /// Ranges are never further apart than what nodes keep. Where this node has got versions of others so far beyond this server's, somebody
    /// else has made what lies between, and nobody can compute gradients for this one any more.
    /// </summary>
    private bool IsOutlived()
    {
        if (!HasState || _isHandedOver || IsStopped || _next is not null)
            return false;
        if (_place.Store.TryHold(Version) is not { } version)
            return true;
        version.Release();
        return false;
    }

    /// <summary>Asks for what the step, or the evaluation at an epoch's end, misses of nodes that are gone or late.</summary>
    private void Ask()
    {
        if (!HasState || _isHandedOver || IsStopped || StepAssignment is not { } assignment)
            return;
        var isEnd = _state.AwaitsDecision || (_lead?.IsFinal(Version) ?? false);
        if (isEnd && (_lead is null || _next is not null))
            return;
        var missing = isEnd ? _lead!.MissingScores() : MissingSlots();
        foreach (var request in _help.Decide(assignment, missing, _gone, Now))
        {
            var header = new FrameHeader
            {
                Kind = FrameKind.Help,
                Range = _range.Index,
                Term = _authority,
                Step = request.Step,
                SlotFirst = request.Slot.First,
                SlotEnd = request.Slot.End,
                Part = (byte)Math.Min(request.Attempt, byte.MaxValue),
                IsFinal = isEnd,
            };
            _place.SendHead(request.Node, _job.Id, header);
        }
    }

    /// <summary>What any piece misses: pieces of a node that died may have arrived in part.</summary>
    private IReadOnlyList<Slot> MissingSlots()
    {
        if (_pieces.Length == 1)
            return _pieces[0].Missing();
        var misses = new bool[_job.Plan.Shards];
        foreach (var piece in _pieces)
        {
            foreach (var slot in piece.Missing())
                Array.Fill(misses, true, slot.First, slot.Shards);
        }

        var missing = new List<Slot>();
        for (var shard = 0; shard < misses.Length; shard++)
        {
            var first = shard;
            while (shard < misses.Length && misses[shard])
                shard++;
            if (shard > first)
                missing.AddRange(_job.Tree.Cover(first, shard));
        }

        return missing;
    }

    /// <summary>Once help was asked for, sums may come twice; they must be the same.</summary>
    private void Compare(FrameArrived partial)
    {
        var header = partial.Header;
        var isNow = header.Step == Version;
        if (!_duplicates.Watches(isNow, _help.HasAsked))
            return;
        if (header.Step > Version || header.Step < Version - 1 || StepAssignment is not { } assignment)
            return;
        var sender = header.Part == 0 ? assignment.Shards[header.SlotFirst] : _help.Asked(header.SlotFirst) ?? "a helper";
        if (_duplicates.Differs(header, partial.Payload.Bytes, sender, isNow) is not { } other)
            return;
        Fail($"nodes {other} and {sender} computed other sums for {header.Slot} in step {header.Step}, range {header.Range}: one of the machines is faulty, or this is a defect");
    }

    private sealed class HelpTick
    {
        public static HelpTick Instance { get; } = new();

        public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(10);
    }
}
