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
    private readonly SlotLedger<HeldPartial> _ledger;
    private readonly SortedDictionary<int, Assignment> _assignments = [];
    private readonly List<PartialArrived> _early = [];
    private readonly EpochLead? _lead;
    private FloatBuffer? _best;
    private long _bestVersion = -1;
    private long _version;
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
    /// <param name="awaitsState">False: starts at version 0, which the store holds. True: another server hands its state over.</param>
    public ParameterServerActor(OpenedJob job, ServerRange range, ServerPlace place, bool awaitsState)
    {
        (_job, _range, _place) = (job, range, place);
        _optimizer = new RangeOptimizer(job.Job.Optimizer, job.Job.Penalty, job.Network.Layout, range.Begin, range.Length);
        _ledger = new SlotLedger<HeldPartial>(job.Tree);
        _version = awaitsState ? -1 : 0;
        _lead = range.Index == 0 ? new EpochLead(job) : null;
        BeginStep();
        Receive<AssignmentPrepared>(Prepare);
        Receive<AssignmentActivated>(Activate);
        Receive<PartialArrived>(Take);
        Receive<FrameArrived>(TakeState);
        Receive<EvaluationArrived>(evaluation => Report(_lead?.Take(evaluation)));
        Receive<EpochDecisionKnown>(Decide);
        Receive<StampNext>(Stamp);
        Receive<StopNext>(_ => _lead?.StopAtNextVersion());
        Receive<SendModel>(Send);
        Receive<LeadTick>(_ => ReportProgress());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool HasState => _version >= 0;

    /// <summary>No step follows this version. A decision may be here before the version it is about.</summary>
    private bool IsStopped => _hasFailed || (_decision.Stop && _version >= _decision.Version);

    protected override void PreStart()
    {
        if (_lead is not null)
            Timers.StartPeriodicTimer(LeadTick.Instance, LeadTick.Instance, LeadTick.Interval);
    }

    protected override void PostStop()
    {
        _optimizer.Dispose();
        _best?.Dispose();
    }

    // ---- assignments ------------------------------------------------------------------------------------------------------

    private void Prepare(AssignmentPrepared prepared)
    {
        List<string> known = _assignments.Count == 0 ? [] : Targets();
        _assignments[prepared.Assignment.Number] = prepared.Assignment;
        // Nodes that are new to the job lack this version. The leading server holds version 0 back until it is told to begin.
        if (HasState && !_isHandedOver && (_lead is null || _lead.Stamped > 0))
            Publish(Targets().Except(known));
    }

    private void Activate(AssignmentActivated activated)
    {
        foreach (var old in _assignments.Keys.Where(number => number < activated.Assignment.Number).ToList())
            _assignments.Remove(old);
        _assignments[activated.Assignment.Number] = activated.Assignment;
        _activated = activated;
        HandOverIfMoved();
    }

    /// <summary>The leading server: an assignment that all nodes are ready for comes into force with the next version, or with version 0.</summary>
    private void Stamp(StampNext stamp)
    {
        if (_lead is null || !HasState || stamp.Number <= _lead.Stamped || !_assignments.ContainsKey(stamp.Number))
            return;
        var isFirst = _lead.Stamped == 0;
        _lead.StampNext(stamp.Number);
        if (isFirst)
            Publish(Targets());
    }

    /// <summary>Nodes that must get this range's versions: those with shards in any assignment that is or may come into force.</summary>
    private List<string> Targets() =>
        [.. _assignments.Values.SelectMany(assignment => assignment.Shards).Append(_place.Self).Distinct()];

    // ---- the step ---------------------------------------------------------------------------------------------------------

    private void BeginStep() => _ledger.Begin(shard => _version < 0 || _job.Plan.Batches.SliceLength(_version, shard) == 0);

    private void Take(PartialArrived partial)
    {
        if (!HasState && !_isHandedOver)
        {
            _early.Add(partial); // pushed to the new server before the old one's state arrived
            return;
        }

        if (partial.Header.Step != _version || _isHandedOver || IsStopped)
        {
            partial.Buffer.Release(); // a repeated frame of a step that is done
            return;
        }

        var held = new HeldPartial(partial.Buffer, partial.Offset) { Sums = partial.Header.Sums, BadShard = partial.Header.BadShard };
        if (_ledger.Offer(partial.Header.Slot, held, Add, dropped => dropped.Buffer.Release()) != SlotVerdict.Accepted)
            partial.Buffer.Release();
        CommitIfComplete();
    }

    private void Add(HeldPartial left, HeldPartial right)
    {
        GradientSum.Add(left.Pointer, right.Pointer, _range.Length);
        left.Sums += right.Sums;
        left.BadShard = left.BadShard < 0 ? right.BadShard : right.BadShard < 0 ? left.BadShard : Math.Min(left.BadShard, right.BadShard);
        right.Buffer.Release();
    }

    private void CommitIfComplete()
    {
        if (_ledger.Root is not { } root || IsStopped || (_job.Plan.IsBoundary(_version) && _decision.Version < _version))
            return;
        if (!double.IsFinite(root.Sums.Loss))
        {
            _hasFailed = true;
            _failure = _lead is null ? null : new RunFailed(_job.Id, _place.Self, NotFinite(root));
            Report(_failure);
            return;
        }

        _optimizer.Update(
            _place.Store.Range(_version, _range), _place.Store.Range(_version + 1, _range), root.Pointer, root.Sums.Denominator, _version);
        root.Buffer.Release();
        _version++;
        _lead?.Committed(root.Sums, _version);
        KeepBestIfDecided();
        BeginStep();
        Publish(Targets());
        Report(_lead?.AtVersion(_version));
        HandOverIfMoved();
    }

    private string NotFinite(HeldPartial root) =>
        $"the loss is {(double.IsNaN(root.Sums.Loss) ? "NaN" : "infinite")} in step {_version}, shard {root.BadShard}; "
        + (_version == 0 ? "no good version exists" : $"the last version with a finite loss is {_version - 1}")
        + "; try a smaller learning rate, and check the data for extreme values";

    private void Publish(IEnumerable<string> targets)
    {
        var header = new FrameHeader { Kind = FrameKind.Publish, Range = _range.Index, Step = _version };
        if (_lead is not null)
        {
            header = header with { Assignment = _lead.TakeStamp(), IsFinal = _lead.IsFinal(_version) };
            foreach (var node in _assignments.Values.SelectMany(assignment => assignment.Primaries).Distinct().Except(Targets()))
                _place.Transport.Send(node, _job.Id, header with { Kind = FrameKind.Stamp }, default);
        }

        foreach (var node in targets)
        {
            if (node != _place.Self)
                SendCopy(node, header, new ReadOnlySpan<float>(_place.Store.Range(_version, _range), _range.Length));
            else
                _place.JobActor.Tell(new RangeWritten(header));
        }
    }

    // ---- an epoch's end ---------------------------------------------------------------------------------------------------

    private void Decide(EpochDecisionKnown decision)
    {
        if (decision.Version <= _decision.Version)
            return;
        _decision = decision;
        _lead?.Decided(decision.Version);
        if (decision.KeepBest)
            _keepVersion = decision.Version;
        KeepBestIfDecided();
        CommitIfComplete();
    }

    /// <summary>Copies the version that a decision called the best, once it is here: the decision may have been faster.</summary>
    private void KeepBestIfDecided()
    {
        if (_keepVersion != _version || _bestVersion == _version)
            return;
        _best ??= new FloatBuffer(_range.Length);
        new ReadOnlySpan<float>(_place.Store.Range(_version, _range), _range.Length).CopyTo(_best.Span);
        _bestVersion = _version;
    }

    private void ReportProgress()
    {
        if (_lead is null || !HasState || _isHandedOver)
            return;
        Report(_failure); // the first one may have been lost
        var missing = _ledger.Missing();
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
        var source = fromBest ? _best!.Span : new Span<float>(_place.Store.Range(_version, _range), _range.Length);
        if (order.Saver != _place.Self)
        {
            var header = new FrameHeader { Kind = FrameKind.Model, Range = _range.Index, Step = order.Version };
            SendCopy(order.Saver, header, source);
            return;
        }

        var buffer = _place.Pool.Rent(_range.Length);
        source.CopyTo(buffer.Memory.Span);
        _place.JobActor.Tell(new ModelRange(_range.Index, buffer));
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
                Step = _version,
                Part = (byte)part,
                Parts = (byte)parts.Count,
                Assignment = activated.Assignment.Number,
                Sums = _lead?.EpochSums ?? default,
                Extra = _lead?.RunSamples ?? 0,
                BestVersion = _bestVersion,
                IsFinal = _lead?.IsFinal(_version) ?? false,
            };
            SendCopy(owner, header, parts[part] is { } buffer ? buffer.Span : new Span<float>(_place.Store.Range(_version, _range), _range.Length));
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
                floats.CopyTo(new Span<float>(_place.Store.Range(header.Step, _range), _range.Length));
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
        Publish([_place.Self]);
        foreach (var partial in _early)
            Take(partial);
        _early.Clear();
        Report(_lead?.AtVersion(_version));
    }

    private void SendCopy(string node, in FrameHeader header, ReadOnlySpan<float> source)
    {
        var buffer = _place.Pool.Rent(source.Length);
        source.CopyTo(buffer.Floats);
        _place.Transport.Send(node, _job.Id, header, new TensorSlice(buffer, 0, source.Length));
        buffer.Release();
    }

    private sealed class HeldPartial(TensorBuffer buffer, int offset)
    {
        public TensorBuffer Buffer => buffer;

        public float* Pointer => buffer.Pointer + offset;

        public StepSums Sums { get; set; }

        public int BadShard { get; set; }
    }

    private sealed class LeadTick
    {
        public static LeadTick Instance { get; } = new();

        public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(200);
    }
}
