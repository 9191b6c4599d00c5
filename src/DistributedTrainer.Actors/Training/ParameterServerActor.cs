using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Owns one range of the parameter vector with its optimizer state: takes the slots' gradient sums of a step, adds them along the
/// reduction tree, applies the update to its range and publishes the next version, to its backup first. The server of range 0 leads: see
/// <see cref="EpochLead"/>.
/// </summary>
internal sealed unsafe partial class ParameterServerActor : ReceiveActor, IWithTimers
{
    private readonly OpenedJob _job;
    private readonly ServerRange _range;
    private readonly ServerPlace _place;
    private readonly RangeState _state;
    private readonly PieceLedger[] _pieces;
    private readonly Func<int, bool> _isEmptySlice;
    private readonly KnownAssignments _assignments = [];
    private readonly List<FrameArrived> _early = [];
    private readonly EpochLead? _lead;
    private readonly RangeCheckpoints _checkpoints;

    /// <summary>Nodes that get every version of the range, and those that get range 0's stamps only.</summary>
    private string[] _targets = [];
    private string[] _stamped = [];
    private bool _hasNewAssignment;

    /// <summary>The parameters at this server's version, and at the next one while some pieces stand there already.</summary>
    private TensorBuffer? _current;
    private TensorBuffer? _next;

    /// <summary>The head of the newest version's frames: the stamp on a version never changes.</summary>
    private FrameHeader _header = new() { Step = -1 };
    private int _committed;

    /// <summary>
    /// This server's authority. Nodes that push under a newer assignment confirm that this server has its part in it, perhaps before the
    /// stamp reaches a node without shards.
    /// </summary>
    private long _authority;
    private bool _hasFailed;
    private SendModel? _sentModel;
    private AssignmentActivated? _activated;
    private bool _isHandedOver;
    private RunFailed? _failure;

    /// <param name="job">The job.</param>
    /// <param name="place">The node's store, pool and data plane.</param>
    /// <param name="state">At version 0, which the store holds; at −1: another server, or a checkpoint, is about to fill it; else a backup's.</param>
    /// <param name="promoted">The backup that this server was; null where it was none.</param>
    /// <param name="authority">Of the takeover; 0 without one.</param>
    public ParameterServerActor(OpenedJob job, ServerPlace place, RangeState state, Promoted? promoted, long authority)
    {
        (_job, _range, _place, _state, _authority) = (job, state.Range, place, state, authority);
        var free = new Stack<HeldPartial>();
        _pieces = [.. job.Pieces.Where(piece => piece.Range == _range.Index).Select(piece => new PieceLedger(piece, job.Network.Layout, job.Tree, free, job.IsHalf))];
        _isEmptySlice = shard => !HasState || _job.Plan.Batches.SliceLength(Version, shard) == 0;
        _lead = state.Lead;
        _checkpoints = new RangeCheckpoints(job, _range, place);
        _help = new HelpPlan(job.Plan.Shards);
        if (job.Job.Clip is ClipNorm clip)
            _norms = new NormLedger(clip.Limit, job.Ranges, job.Network.Layout.TrainedLength);
        if (HasState)
            _current = place.Store.Hold(Version);
        if (promoted is not null)
            BeginAsPromoted(promoted);
        BeginStep(isStep: false);
        Receive<FrameArrived>(frame => frame.Header.Kind == FrameKind.Push, Take);
        Receive<FrameArrived>(frame => frame.Header.Kind == FrameKind.ReplicaAck, Acknowledged);
        Receive<FrameArrived>(frame => frame.Header.Kind == FrameKind.Norm, TakeNorm);
        Receive<FrameArrived>(TakeState);
        Receive<AssignmentPrepared>(Prepare);
        Receive<AssignmentActivated>(Activate);
        Receive<GoneChanged>(Miss);
        Receive<RangeTakenOver>(taken => _authority = Math.Max(_authority, taken.Authority));
        Receive<RangeReturned>(_ => _keepsEarly = true);
        Receive<EvaluationArrived>(Evaluate);
        Receive<EpochDecisionKnown>(Decide);
        Receive<StampNext>(Stamp);
        Receive<FinalStamped>(Finish);
        Receive<StampSeen>(seen => _lead?.Adopt(seen.Stamp));
        Receive<StopNext>(_ => _lead?.StopAtNextVersion());
        Receive<SendModel>(Send);
        Receive<CheckpointAnnounced>(Announce);
        Receive<RangeRestored>(Restore);
        Receive<LeadTick>(_ => ReportProgress());
        Receive<HelpTick>(_ => AskIfLate());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Version => _state.Version;

    private bool HasState => Version >= 0;

    private bool IsStopped => _hasFailed || _state.IsStopped;

    protected override void PreStart()
    {
        if (_lead is not null)
            Timers.StartPeriodicTimer(LeadTick.Instance, LeadTick.Instance, LeadTick.Interval);
        if (HasState)
            _place.JobActor.Tell(new RangeServed(_range.Index));
        StartHelpTimer();
    }

    protected override void PostStop()
    {
        _helpTimer?.Dispose();
        _current?.Release();
        _next?.Release();
        foreach (var piece in _pieces)
            piece.Abandon();
        foreach (var early in _early)
            early.Payload.Release();
        _state.Dispose();
    }

    // ---- assignments ------------------------------------------------------------------------------------------------------

    private void Prepare(AssignmentPrepared prepared)
    {
        _assignments.TryAdd(prepared.Assignment);
        _hasNewAssignment = true;
        if (_authority == 0)
            _authority = prepared.Assignment.Authority;
        ReplicateFromTheStart(prepared.Assignment);
        ServeTargets();
    }

    private void Activate(AssignmentActivated activated)
    {
        _assignments.ForgetBefore(activated.Assignment.Number);
        _assignments.TryAdd(activated.Assignment);
        _activated = activated;
        _authority = Math.Max(_authority, activated.Assignment.Authority);
        _hasNewAssignment = true;
        if (_isTakenOver)
            _lead?.StampNext(activated.Assignment.Number); // it is in force, whoever stamped it
        ServeTargets();
        HandOverIfMoved();
        FillBackup();
        if (HasState)
            TakeEarly();
        if (IsMoving)
            CommitWhatIsComplete();
        Ask();
    }

    /// <summary>The leading server: an assignment that all nodes are ready for comes into force with the next version, or with version 0.</summary>
    private void Stamp(StampNext stamp)
    {
        if (_lead is null || stamp.Number <= _lead.Stamped || _assignments.Find(stamp.Number) is null)
            return;
        _lead.StampNext(stamp.Number);
        if (_lead.Stamped == 0)
            ServeTargets();
    }

    /// <summary>
    /// Finds out who must get this range's versions, those with shards in any assignment that is or may come into force, and sends the
    /// version to nodes that are new to the job. The leading server holds version 0 back until it is told to begin.
    /// </summary>
    private void ServeTargets()
    {
        if (!_hasNewAssignment || !HasState || _isHandedOver || _next is not null || _lead is { Stamped: 0, HasStamp: false })
            return;
        var known = _targets;
        FindTargets();
        var added = _targets.Except(known).ToList();
        if (added.Count == 0)
            return;
        if (_header.Step < 0)
            BeginHeader(Version);
        foreach (var piece in _pieces)
            PublishPiece(piece.Piece, _current!, added);
        if (added.Contains(_place.Self))
            _place.JobActor.Tell(new RangeWritten(_header));
    }

    private void FindTargets()
    {
        _hasNewAssignment = false;
        _targets = [.. _assignments.SelectMany(assignment => assignment.Shards).Append(_place.Self).Distinct().Where(IsThere)];
        _stamped = _lead is null
            ? []
            : [.. _assignments.SelectMany(assignment => assignment.Nodes).Distinct().Except(_targets).Where(IsThere)];
    }

    // ---- the step ---------------------------------------------------------------------------------------------------------

    private void BeginStep(bool isStep)
    {
        _committed = 0;
        foreach (var piece in _pieces)
            piece.Begin(_isEmptySlice);
        BeginToWatch(isStep);
    }

    private void Take(FrameArrived partial)
    {
        if (!HasState && !_isHandedOver)
        {
            _early.Add(partial); // pushed to the new server before the old one's state arrived
            return;
        }

        var header = partial.Header;
        Compare(partial);
        if (header.Step == Version && !_isHandedOver && !IsStopped)
        {
            _authority = Math.Max(_authority, header.Term);
            if (!_pieces[header.Piece].Offer(header, partial.Payload))
                _place.Transport.Counters.Drop(DropReason.Stale);
            if (_norms is null)
                CommitIfComplete(_pieces[header.Piece]);
            else if (_pieces[header.Piece].Root is not null)
                CommitWhatIsComplete();
            return;
        }

        if (header.Step > Version && _keepsEarly)
        {
            _early.Add(partial); // of a step that the server before this one had begun
            return;
        }

        _place.Transport.Counters.Drop(header.Step > Version ? DropReason.BeyondNextStep : DropReason.Stale);
        partial.Payload.Release();
    }

    private void CommitIfComplete(PieceLedger ledger)
    {
        if (ledger.Root is not { } root || IsStopped || _state.AwaitsDecision || _state.LacksDecision || (_next is null && !MayLeaveVersion))
            return;
        if (!double.IsFinite(root.Sums.Loss))
        {
            Fail(NotFinite(root));
            return;
        }

        if (root.Sums.Samples != _job.Plan.Batches.BatchLength(Version))
        {
            Fail($"step {Version} has summed {root.Sums.Samples} of its {_job.Plan.Batches.BatchLength(Version)} rows in range {_range.Index}: this is a defect");
            return;
        }

        if (ClipFactor() is not { } factor)
            return;
        if (_next is null && !BeginVersion(root.Sums))
            return;
        var piece = ledger.Piece;
        _state.Optimizer.Update(
            piece.Begin - _range.Begin, piece.Length, _current!.Pointer + piece.Begin, _next!.Pointer + piece.Begin, root.Pointer, root.Addend,
            root.Sums, root.AddendRows, _state.Terms(factor, _state.Reductions));
        _state.Clips.Note(Version, factor);
        _place.Round(_next, piece.Begin, piece.Length, Version + 1);
        Replicate(piece, root, factor);
        ledger.Commit();
        PublishPiece(piece, _next, _targets);
        if (++_committed == _pieces.Length)
            FinishVersion();
    }

    private void CommitWhatIsComplete()
    {
        foreach (var piece in _pieces)
            CommitIfComplete(piece);
    }

    /// <summary>The first piece is about to be written: all pieces have the same sums, so the step's are known.</summary>
    /// <returns>False where this node has slept while others went on from here: the range has another server by now.</returns>
    private bool BeginVersion(StepSums sums)
    {
        _next = _place.Store.TryHold(Version + 1);
        if (_next is null)
            return false;
        _lead?.Committed(sums, Version + 1);
        BeginHeader(Version + 1);
        return true;
    }

    private void FinishVersion()
    {
        _current!.Release();
        (_current, _next) = (_next, null);
        _state.Advance();
        TrainingMeter.Updated.Record(Version);
        CheckpointIfDue();
        _state.DecideWhatIsDue(Range(_current!));
        NoteReplicated();
        BeginStep(isStep: true);
        _place.JobActor.Tell(new RangeWritten(_header));
        ServeTargets();
        ConcludeIfComplete();
        HandOverIfMoved();
        FillBackup();
        TakeEarly();
    }

    private void Fail(string reason)
    {
        _hasFailed = true;
        _failure = new RunFailed(_job.Id, _place.Self, reason);
        Report(_failure);
    }

    private string NotFinite(HeldPartial root) =>
        $"the loss is {(double.IsNaN(root.Sums.Loss) ? "NaN" : "infinite")} in step {Version}, shard {root.BadShard}; "
        + (Version == 0 ? "no good version exists" : $"the last version with a finite loss is {Version - 1}")
        + "; try a smaller learning rate, and check the data for extreme values";

    /// <summary>
    /// The head of this range's frames at a version. Range 0 stamps the assignment on it; nodes that serve ranges and have no shards get
    /// the stamp alone.
    /// </summary>
    private void BeginHeader(long version)
    {
        _header = new FrameHeader
        {
            Kind = FrameKind.Publish,
            Range = _range.Index,
            Term = _authority,
            Step = version,
            Assignment = _lead?.TakeStamp(version) ?? 0,
            IsFinal = _lead?.IsFinal(version) ?? false,
            CheckpointAt = _checkpoints.Mark(version, _job.Plan.IsBoundary(version), _lead?.IsFinal(version) ?? false),
        };
        foreach (var node in _stamped)
            _place.Transport.Send(node, _job.Id, _header with { Kind = FrameKind.Stamp }, default);
    }

    private void PublishPiece(RangePiece piece, TensorBuffer version, IReadOnlyList<string> targets)
    {
        SendToOthers(piece, version, targets);
        if (_job.ScoresAverage && (_header.IsFinal || _header.Step == _finalVersion || _job.Plan.IsBoundary(_header.Step)))
            PublishAverage(piece, targets);
    }

    private void SendToOthers(RangePiece piece, TensorBuffer version, IReadOnlyList<string> targets)
    {
        if (targets.Count == 0 || (targets.Count == 1 && targets[0] == _place.Self))
            return;
        var slice = ToWire(new TensorSlice(version.Retain(), piece.Begin, piece.Length));
        for (var index = 0; index < targets.Count; index++)
        {
            if (targets[index] != _place.Self)
                _place.Transport.Send(targets[index], _job.Id, _header with { Piece = piece.Index }, slice);
        }

        slice.Release();
    }

    /// <summary>As frames carry it; takes the slice's hold on its buffer.</summary>
    private TensorSlice ToWire(TensorSlice slice)
    {
        if (!_job.IsHalf)
            return slice;
        var packed = HalfFrames.Pack(slice, _place.Pool);
        slice.Release();
        return packed;
    }

    // ---- an epoch's end ---------------------------------------------------------------------------------------------------

    private void Evaluate(EvaluationArrived evaluation)
    {
        _lead?.Take(evaluation);
        ConcludeIfComplete();
    }

    /// <summary>The leading server decides what follows an epoch, from what every node could: nobody waits for the coordinator.</summary>
    private void ConcludeIfComplete()
    {
        if (_lead is null || !HasState || _isHandedOver || _next is not null || _lead.AtVersion(Version) is not { } figures)
            return;
        if (figures.Decide(_job, _state.Decision.State) is not { } decision)
        {
            Report(figures.Report(_job, _place.Self)); // the coordinator ends the run
            return;
        }

        _place.JobActor.Tell(new EpochConcluded(figures, decision));
        Decide(decision);
    }

    private void Decide(EpochDecisionKnown decision)
    {
        if (decision.Stop)
            Announce(new CheckpointAnnounced(decision.Version, IsLast: true));
        if (!_state.Decide(decision, _current is null ? default : Range(_current)))
            return;
        BeginToWatch(isStep: false);
        CommitWhatIsComplete();
    }

    private void ReportProgress()
    {
        if (_lead is null || !HasState || _isHandedOver)
            return;
        Report(_failure); // the first one may have been lost
        var missing = _pieces.FirstOrDefault(piece => piece.Missing().Count > 0)?.Missing() ?? [];
        var waiting = missing.Count == 0 && !MayLeaveVersion ? $"the backup on {_replica!.Backup}" : string.Join(", ", missing);
        Report(_lead.Progress(Version, waiting, _help.SlowNodes));
        ConcludeIfComplete();
    }

    private void Report(IControlMessage? message)
    {
        if (message is not null)
            _place.JobActor.Tell(new ToCoordinator(message));
    }

    private void Send(SendModel order)
    {
        var fromBest = order.UseBest;
        if ((order == _sentModel && IsThere(order.Saver)) || !HasState || (fromBest ? _state.BestVersion != order.Version : Version != order.Version))
            return;
        _sentModel = order; // the order is repeated until the model is saved; the data plane loses nothing but with its link
        var source = fromBest ? _state.Best!.Span : _state.Shown(Range(_current!));
        if (order.Saver != _place.Self)
        {
            var header = new FrameHeader { Kind = FrameKind.Model, Range = _range.Index, Term = _authority, Step = order.Version };
            _place.SendCopy(order.Saver, _job.Id, header, source);
            return;
        }

        var buffer = _place.Pool.Rent(_range.Length);
        source.CopyTo(buffer.Floats);
        _place.JobActor.Tell(new ModelRange(_range.Index, buffer));
    }

    private void TakeEarly()
    {
        if (_early.Count == 0)
            return;
        var early = _early.ToArray();
        _early.Clear();
        foreach (var partial in early)
            Take(partial);
    }

    private Span<float> Range(TensorBuffer version) => version.Floats.Slice(_range.Begin, _range.Length);

    private sealed class LeadTick
    {
        public static LeadTick Instance { get; } = new();

        public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(200);
    }
}
