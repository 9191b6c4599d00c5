using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Owns one range of the parameter vector with its optimizer state: takes the slots' gradient sums of a step, adds them along the
/// reduction tree, applies the update to its range and publishes the next version. The server of range 0 leads: see <see cref="EpochLead"/>.
/// </summary>
internal sealed unsafe class ParameterServerActor : ReceiveActor, IWithTimers
{
    private readonly OpenedJob _job;
    private readonly ServerRange _range;
    private readonly ServerPlace _place;
    private readonly RangeOptimizer _optimizer;
    private readonly PieceLedger[] _pieces;
    private readonly Func<int, bool> _isEmptySlice;
    private readonly SortedDictionary<int, Assignment> _assignments = [];
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
    private FloatBuffer? _best;
    private long _bestVersion = -1;
    private long _version;

    /// <summary>
    /// The term of this server's authority. Nodes that push under a newer assignment confirm that this server has its part in it, perhaps
    /// before the stamp reaches a node without shards.
    /// </summary>
    private long _term;
    private EpochDecisionKnown _decision = new(-1, false, false);
    private long _keepVersion = -1;
    private bool _hasFailed;
    private SendModel? _sentModel;
    private int _stateParts;
    private AssignmentActivated? _activated;
    private bool _isHandedOver;
    private RunFailed? _failure;

    /// <param name="job">The job.</param>
    /// <param name="range">The range this server owns.</param>
    /// <param name="place">The node's store, pool and data plane.</param>
    /// <param name="awaitsState">False: starts at version 0, which the store holds. True: the state is on its way, from another server or from a checkpoint.</param>
    public ParameterServerActor(OpenedJob job, ServerRange range, ServerPlace place, bool awaitsState)
    {
        (_job, _range, _place) = (job, range, place);
        _optimizer = new RangeOptimizer(job.Job.Optimizer, job.Job.Penalty, job.Network.Layout, range.Begin, range.Length);
        var free = new Stack<HeldPartial>();
        _pieces = [.. job.Pieces.Where(piece => piece.Range == range.Index).Select(piece => new PieceLedger(piece, job.Network.Layout, job.Tree, free))];
        _isEmptySlice = shard => _version < 0 || _job.Plan.Batches.SliceLength(_version, shard) == 0;
        _version = awaitsState ? -1 : 0;
        _current = awaitsState ? null : place.Store.Hold(0);
        _lead = range.Index == 0 ? new EpochLead(job) : null;
        _checkpoints = new RangeCheckpoints(job, range, place.JobActor);
        BeginStep();
        Receive<FrameArrived>(frame => frame.Header.Kind == FrameKind.Push, Take);
        Receive<FrameArrived>(TakeState);
        Receive<AssignmentPrepared>(Prepare);
        Receive<AssignmentActivated>(Activate);
        Receive<EvaluationArrived>(evaluation => Report(_lead?.Take(evaluation)));
        Receive<EpochDecisionKnown>(Decide);
        Receive<StampNext>(Stamp);
        Receive<StopNext>(_ => _lead?.StopAtNextVersion());
        Receive<SendModel>(Send);
        Receive<CheckpointAnnounced>(Announce);
        Receive<RangeRestored>(Restore);
        Receive<LeadTick>(_ => ReportProgress());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool HasState => _version >= 0;

    /// <summary>No step follows this version. A decision may be here before the version it is about.</summary>
    private bool IsStopped => _hasFailed || (_decision.Stop && _version >= _decision.Version);

    /// <summary>An epoch ends with this version, and what follows is not decided yet.</summary>
    private bool AwaitsDecision => _job.Plan.IsBoundary(_version) && _decision.Version < _version;

    protected override void PreStart()
    {
        if (_lead is not null)
            Timers.StartPeriodicTimer(LeadTick.Instance, LeadTick.Instance, LeadTick.Interval);
    }

    protected override void PostStop()
    {
        _current?.Release();
        _next?.Release();
        foreach (var piece in _pieces)
            piece.Abandon();
        _optimizer.Dispose();
        _best?.Dispose();
    }

    // ---- assignments ------------------------------------------------------------------------------------------------------

    private void Prepare(AssignmentPrepared prepared)
    {
        _assignments[prepared.Assignment.Number] = prepared.Assignment;
        _hasNewAssignment = true;
        if (_term == 0)
            _term = prepared.Assignment.Term;
        ServeTargets();
    }

    private void Activate(AssignmentActivated activated)
    {
        foreach (var old in _assignments.Keys.Where(number => number < activated.Assignment.Number).ToList())
            _assignments.Remove(old);
        _assignments[activated.Assignment.Number] = activated.Assignment;
        _activated = activated;
        _term = Math.Max(_term, activated.Assignment.Term);
        _hasNewAssignment = true;
        ServeTargets();
        HandOverIfMoved();
    }

    /// <summary>The leading server: an assignment that all nodes are ready for comes into force with the next version, or with version 0.</summary>
    private void Stamp(StampNext stamp)
    {
        if (_lead is null || stamp.Number <= _lead.Stamped || !_assignments.ContainsKey(stamp.Number))
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
            BeginHeader(_version);
        foreach (var piece in _pieces)
            PublishPiece(piece.Piece, _current!, added);
        if (added.Contains(_place.Self))
            _place.JobActor.Tell(new RangeWritten(_header));
    }

    private void FindTargets()
    {
        _hasNewAssignment = false;
        _targets = [.. _assignments.Values.SelectMany(assignment => assignment.Shards).Append(_place.Self).Distinct()];
        _stamped = _lead is null ? [] : [.. _assignments.Values.SelectMany(assignment => assignment.Primaries).Distinct().Except(_targets)];
    }

    // ---- the step ---------------------------------------------------------------------------------------------------------

    private void BeginStep()
    {
        _committed = 0;
        foreach (var piece in _pieces)
            piece.Begin(_isEmptySlice);
    }

    private void Take(FrameArrived partial)
    {
        if (!HasState && !_isHandedOver)
        {
            _early.Add(partial); // pushed to the new server before the old one's state arrived
            return;
        }

        var header = partial.Header;
        if (header.Step == _version && !_isHandedOver && !IsStopped)
        {
            _term = Math.Max(_term, header.Term);
            if (!_pieces[header.Piece].Offer(header, partial.Payload))
                _place.Transport.Counters.Drop(DropReason.Stale);
            CommitIfComplete(_pieces[header.Piece]);
            return;
        }

        _place.Transport.Counters.Drop(header.Step > _version ? DropReason.BeyondNextStep : DropReason.Stale);
        partial.Payload.Release();
    }

    private void CommitIfComplete(PieceLedger ledger)
    {
        if (ledger.Root is not { } root || IsStopped || AwaitsDecision)
            return;
        if (!double.IsFinite(root.Sums.Loss))
        {
            Fail(root);
            return;
        }

        if (_next is null)
            BeginVersion(root.Sums);
        var piece = ledger.Piece;
        _optimizer.Update(
            piece.Begin - _range.Begin, piece.Length, _current!.Pointer + piece.Begin, _next!.Pointer + piece.Begin, root.Pointer, root.Addend,
            root.Sums, root.AddendRows, _version);
        ledger.Commit();
        PublishPiece(piece, _next, _targets);
        if (++_committed == _pieces.Length)
            FinishVersion();
    }

    /// <summary>The first piece is about to be written: all pieces have the same sums, so the step's are known.</summary>
    private void BeginVersion(StepSums sums)
    {
        _next = _place.Store.Hold(_version + 1);
        _lead?.Committed(sums, _version + 1);
        BeginHeader(_version + 1);
    }

    private void FinishVersion()
    {
        _current!.Release();
        (_current, _next) = (_next, null);
        _version++;
        TrainingMeter.Updated.Record(_version);
        CheckpointIfDue();
        KeepBestIfDecided();
        BeginStep();
        _place.JobActor.Tell(new RangeWritten(_header));
        ServeTargets();
        Report(_lead?.AtVersion(_version));
        HandOverIfMoved();
    }

    private void Fail(HeldPartial root)
    {
        _hasFailed = true;
        _failure = _lead is null ? null : new RunFailed(_job.Id, _place.Self, NotFinite(root));
        Report(_failure);
    }

    private string NotFinite(HeldPartial root) =>
        $"the loss is {(double.IsNaN(root.Sums.Loss) ? "NaN" : "infinite")} in step {_version}, shard {root.BadShard}; "
        + (_version == 0 ? "no good version exists" : $"the last version with a finite loss is {_version - 1}")
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
            Term = _term,
            Step = version,
            Assignment = _lead?.TakeStamp() ?? 0,
            IsFinal = _lead?.IsFinal(version) ?? false,
            CheckpointAt = _checkpoints.Mark(version, _job.Plan.IsBoundary(version), _lead?.IsFinal(version) ?? false),
        };
        foreach (var node in _stamped)
            _place.Transport.Send(node, _job.Id, _header with { Kind = FrameKind.Stamp }, default);
    }

    private void PublishPiece(RangePiece piece, TensorBuffer version, IReadOnlyList<string> targets)
    {
        var slice = new TensorSlice(version, piece.Begin, piece.Length);
        for (var index = 0; index < targets.Count; index++)
        {
            if (targets[index] != _place.Self)
                _place.Transport.Send(targets[index], _job.Id, _header with { Piece = piece.Index }, slice);
        }
    }

    // ---- an epoch's end ---------------------------------------------------------------------------------------------------

    private void Decide(EpochDecisionKnown decision)
    {
        if (decision.Version <= _decision.Version)
            return;
        _decision = decision;
        if (decision.Stop)
            Announce(new CheckpointAnnounced(decision.Version, IsLast: true));
        _lead?.Decided(decision.Version);
        if (decision.KeepBest)
            _keepVersion = decision.Version;
        KeepBestIfDecided();
        foreach (var piece in _pieces)
            CommitIfComplete(piece);
    }

    /// <summary>Copies the version that a decision called the best, once it is here: the decision may have been faster.</summary>
    private void KeepBestIfDecided()
    {
        if (_keepVersion != _version || _bestVersion == _version)
            return;
        _best ??= new FloatBuffer(_range.Length);
        Range(_current!).CopyTo(_best.Span);
        _bestVersion = _version;
    }

    private void ReportProgress()
    {
        if (_lead is null || !HasState || _isHandedOver)
            return;
        Report(_failure); // the first one may have been lost
        var missing = _pieces.FirstOrDefault(piece => piece.Missing().Count > 0)?.Missing() ?? [];
        Report(_lead.Progress(_version, missing.Count == 0 ? "" : string.Join(", ", missing)));
        Report(_lead.AtVersion(_version));
    }

    private void Report(IControlMessage? message)
    {
        if (message is not null)
            _place.JobActor.Tell(new ToCoordinator(message));
    }

    private void Send(SendModel order)
    {
        var fromBest = order.UseBest;
        if (order == _sentModel || (fromBest ? _bestVersion != order.Version : _version != order.Version))
            return;
        _sentModel = order; // the order is repeated until the model is saved; the data plane loses nothing
        var source = fromBest ? _best!.Span : Range(_current!);
        if (order.Saver != _place.Self)
        {
            var header = new FrameHeader { Kind = FrameKind.Model, Range = _range.Index, Term = _term, Step = order.Version };
            SendCopy(order.Saver, header, source);
            return;
        }

        var buffer = _place.Pool.Rent(_range.Length);
        source.CopyTo(buffer.Floats);
        _place.JobActor.Tell(new ModelRange(_range.Index, buffer));
    }

    // ---- checkpoints ------------------------------------------------------------------------------------------------------

    private void Announce(CheckpointAnnounced announced)
    {
        _checkpoints.Announce(announced.Version, announced.IsLast);
        CheckpointIfDue();
    }

    /// <summary>A checkpoint holds the state before the decision that may be due at its version: who resumes decides again.</summary>
    private void CheckpointIfDue()
    {
        if (!HasState || _isHandedOver || _next is not null || !_checkpoints.IsDue(_version))
            return;
        _checkpoints.Write(RangeSnapshot.Take(_range, _version, _current!, _optimizer.State, _best, _bestVersion, _lead, _place.Pool));
    }

    private void Restore(RangeRestored restored)
    {
        var snapshot = restored.Snapshot!;
        if (!HasState)
        {
            snapshot.Parameters.Floats.CopyTo(Range(_current ??= _place.Store.Hold(snapshot.Version)));
            foreach (var (moment, state) in snapshot.Moments.Zip(_optimizer.State))
                moment.Floats.CopyTo(state.Span);
            if (snapshot.Best is { } best)
                best.Floats.CopyTo((_best ??= new FloatBuffer(_range.Length)).Span);
            (_version, _bestVersion) = (snapshot.Version, snapshot.BestVersion);
            _lead?.BeginFrom(snapshot);
            BeginStep();
            ServeTargets();
            TakeEarly();
        }

        snapshot.Release();
    }

    // ---- handing the range over -------------------------------------------------------------------------------------------

    /// <summary>Once a version is stamped with an assignment that names another owner, that owner gets the state at this version.</summary>
    private void HandOverIfMoved()
    {
        if (_isHandedOver || _activated is not { } activated || activated.Version != _version)
            return;
        var owner = activated.Assignment.Primaries[_range.Index];
        if (owner == _place.Self)
            return;
        var parts = new List<FloatBuffer?>([null, .. _optimizer.State]);
        if (_best is not null)
            parts.Add(_best);
        for (var part = 0; part < parts.Count; part++)
        {
            var header = new FrameHeader
            {
                Kind = FrameKind.State,
                Range = _range.Index,
                Term = activated.Assignment.Term,
                Step = _version,
                Part = (byte)part,
                Parts = (byte)parts.Count,
                Assignment = activated.Assignment.Number,
                Sums = _lead?.EpochSums ?? default,
                Extra = _lead?.RunSamples ?? 0,
                BestVersion = _bestVersion,
                IsFinal = _lead?.IsFinal(_version) ?? false,
            };
            SendCopy(owner, header, parts[part] is { } buffer ? buffer.Span : Range(_current!));
        }

        _isHandedOver = true;
        _place.JobActor.Tell(new RangeHandedOver(_range.Index));
    }

    private void TakeState(FrameArrived frame)
    {
        var header = frame.Header;
        if (!HasState)
        {
            var floats = frame.Payload.Floats;
            var state = _optimizer.State;
            if (header.Part == 0)
                floats.CopyTo(Range(_current ??= _place.Store.Hold(header.Step)));
            else if (header.Part <= state.Count)
                floats.CopyTo(state[header.Part - 1].Span);
            else
                floats.CopyTo((_best ??= new FloatBuffer(_range.Length)).Span);
            if (++_stateParts == header.Parts)
                BeginFrom(header);
        }

        frame.Payload.Release();
    }

    private void BeginFrom(FrameHeader header)
    {
        _version = header.Step;
        _bestVersion = _best is null ? -1 : header.BestVersion;
        _lead?.BeginFrom(header);
        KeepBestIfDecided();
        BeginStep();
        FindTargets(); // the old server has sent them this version
        BeginHeader(_version);
        _place.JobActor.Tell(new RangeWritten(_header));
        TakeEarly();
        Report(_lead?.AtVersion(_version));
    }

    private void TakeEarly()
    {
        foreach (var partial in _early)
            Take(partial);
        _early.Clear();
    }

    private void SendCopy(string node, in FrameHeader header, ReadOnlySpan<float> source)
    {
        var buffer = _place.Pool.Rent(source.Length);
        source.CopyTo(buffer.Floats);
        _place.Transport.Send(node, _job.Id, header, new TensorSlice(buffer, 0, source.Length));
        buffer.Release();
    }

    private Span<float> Range(TensorBuffer version) => version.Floats.Slice(_range.Begin, _range.Length);

    private sealed class LeadTick
    {
        public static LeadTick Instance { get; } = new();

        public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(200);
    }
}
