using System.Runtime.InteropServices;
using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// One job on one node: keeps the node's copy of the parameters, starts a step on its workers once every range of a version has
/// arrived, pushes their gradient sums to the servers, and runs the servers of the node's own ranges.
/// </summary>
internal sealed class JobActor : ReceiveActor, IWithTimers
{
    public const string ComputeDispatcher = "dtrain.compute-dispatcher";

    private static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(2);

    private readonly OpenedJob _job;
    private readonly string _self;
    private readonly ITensorTransport _transport;
    private readonly BufferPool _pool;
    private readonly int _threads;
    private readonly IActorRef _node;
    private readonly ParameterStore _store;
    private readonly ServerPlace _place;
    private readonly Dictionary<int, Assignment> _assignments = [];
    private readonly Dictionary<int, IActorRef> _servers = [];
    private readonly string[] _layers;
    private readonly long[] _arrived;
    private readonly List<PartialSum> _partials = [];
    private PushRoute? _merging;
    private IActorRef[] _workers = [];
    private FrameHeader _stamp;
    private Assignment? _active;
    private long _activeSince;
    private PushRoute? _route;
    private long _started = -1;
    private long _evaluated = -1;
    private long _decided = -1;
    private bool _isStopped;
    private int _computing;
    private int _prepared;
    private long _shardSteps;
    private readonly SortedDictionary<int, PartReport> _checkpointParts = [];
    private string[] _checkpointTexts = [];
    private readonly List<(int Range, TensorBuffer Buffer)> _earlyModel = [];
    private ModelCollector? _collector;
    private Task _saving = Task.CompletedTask;

    public JobActor(OpenedJob job, ParameterStore store, string self, ITensorTransport transport, BufferPool pool, int threads, IActorRef node)
    {
        (_job, _self, _transport, _pool, _threads, _node) = (job, self, transport, pool, threads, node);
        _store = store;
        _place = new ServerPlace(self, Self, _store, pool, transport);
        _layers = [.. job.Network.Summary.Select(LayerLine.Format)];
        _arrived = new long[job.Pieces.Length];
        Array.Fill(_arrived, -1);
        _stamp = new FrameHeader { Step = -1 };

        Receive<PrepareAssignment>(Prepare);
        Receive<ActivateAssignment>(activate => Lead(new StampNext(activate.Number)));
        Receive<StopSoon>(_ => Lead(new StopNext()));
        Receive<DecideEpoch>(Decide);
        Receive<SaveModel>(Save);
        Receive<FrameArrived>(TakeFrame);
        Receive<RangeWritten>(written => Arrived(written.Header, _job.FirstPieces[written.Header.Range], _job.FirstPieces[written.Header.Range + 1]));
        Receive<StepComputed>(Computed);
        Receive<PartialsMerged>(Merged);
        Receive<EvaluationComputed>(Evaluated);
        Receive<ModelRange>(range => Collect(range.Range, range.Buffer));
        Receive<RangeHandedOver>(HandedOver);
        Receive<RangeRestored>(Restored);
        Receive<PartWritten>(written => PartWritten(written.Report));
        Receive<ToCoordinator>(_node.Forward);
        Receive<LinkFailed>(FailOnLink);
        Receive<LinkStillFailed>(FailOnLink);
        Receive<AskJobReport>(_ => Report());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _workers = [.. Enumerable.Range(1, _threads).Select(index => Context.ActorOf(
            Props.Create(() => new WorkerActor(_job, _store, _pool)).WithDispatcher(ComputeDispatcher), $"worker-{index}"))];
        _transport.Register(_job.Id, new JobFrames(_job, _store, Self));
        Report();
    }

    protected override void PostStop()
    {
        _transport.Unregister(_job.Id);
        _store.Dispose();
        // A model that is being saved still reads the data and its own copy of the parameters.
        _saving.ContinueWith(
            _ =>
            {
                _collector?.Dispose();
                _job.Dispose();
            },
            TaskScheduler.Default);
    }

    /// <summary>
    /// Only a node that has a part in the job is missed. One that left politely is gone perhaps before this node, which is computing,
    /// reads the stamp that lets it go: so it is looked at again a moment later.
    /// </summary>
    private void FailOnLink(LinkFailed failed)
    {
        if (IsMissed(failed.Node))
            Timers.StartSingleTimer(failed.Node, new LinkStillFailed(failed), LeaveGrace);
    }

    private void FailOnLink(LinkStillFailed still)
    {
        if (IsMissed(still.Link.Node))
            _node.Tell(new ToCoordinator(new RunFailed(_job.Id, _self, still.Link.Reason) { MissedNode = still.Link.Node }));
    }

    private bool IsMissed(string node) =>
        _assignments.Values.Any(assignment => assignment.Number >= (_active?.Number ?? 0) && assignment.Nodes.Contains(node));

    // A failing child means a defect or memory exhausted: the run fails with the reason, nothing is restarted behind its back.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _node.Tell(new ToCoordinator(new RunFailed(_job.Id, _self, $"node {_self}: {error.Message}")));
        return Directive.Stop;
    });

    // ---- assignments ------------------------------------------------------------------------------------------------------

    private void Prepare(PrepareAssignment message)
    {
        var assignment = new Assignment(message.Term, message.Number, message.Shards, message.Primaries);
        if (_assignments.TryAdd(message.Number, assignment))
        {
            foreach (var range in assignment.RangesOf(_self))
            {
                if (!_servers.ContainsKey(range))
                    StartServer(range, awaitsState: _active is not null || message.Number > 1);
            }

            foreach (var server in _servers.Values)
                server.Tell(new AssignmentPrepared(assignment));
            _prepared = Math.Max(_prepared, message.Number);
        }

        Report();
    }

    private void StartServer(int range, bool awaitsState)
    {
        var restores = !awaitsState && _job.StartVersion > 0;
        _servers[range] = Context.ActorOf(
            Props.Create(() => new ParameterServerActor(_job, _job.Ranges[range], _place, awaitsState || restores)).WithDispatcher(ComputeDispatcher),
            $"server-{range}-{_prepared + 1}");
        if (restores)
        {
            var (job, pool) = (_job, _pool);
            Task.Run(() => CheckpointReader.Read(job.Checkpoint, job.StartVersion, job.Ranges[range], pool)).PipeTo(
                Self, success: snapshot => new RangeRestored(range, snapshot, ""), failure: error => new RangeRestored(range, null, error.Message));
        }
    }

    private void Restored(RangeRestored restored)
    {
        if (restored.Snapshot is null)
            _node.Tell(new ToCoordinator(new RunFailed(_job.Id, _self, $"node {_self}: {restored.Error}")));
        else
            _servers[restored.Range].Tell(restored);
    }

    private void PartWritten(PartReport report)
    {
        _checkpointParts[report.Range] = report;
        _checkpointTexts = [.. _checkpointParts.Values.Select(part => part.ToText())];
        Report();
    }

    private void Lead(object message)
    {
        if (_servers.TryGetValue(0, out var leader))
            leader.Tell(message);
    }

    private void HandedOver(RangeHandedOver handedOver)
    {
        if (_servers.Remove(handedOver.Range, out var server))
            Context.Stop(server);
        Report();
    }

    // ---- the step ---------------------------------------------------------------------------------------------------------

    private void TakeFrame(FrameArrived frame)
    {
        var header = frame.Header;
        if (FrameAdmission.WhyNot(_job, frame, _active, _activeSince, _self, _started) is { } reason)
        {
            _transport.Counters.Drop(reason);
            frame.Payload.Release();
            return;
        }

        switch (header.Kind)
        {
            case FrameKind.Publish:
                TakePiece(frame);
                break;
            case FrameKind.Stamp:
                frame.Payload.Release();
                Stamped(header);
                break;
            case FrameKind.Push or FrameKind.State when _servers.TryGetValue(header.Range, out var server):
                server.Tell(frame);
                break;
            case FrameKind.Evaluation:
                var values = MemoryMarshal.Cast<byte, double>(frame.Payload.Bytes).ToArray();
                frame.Payload.Release();
                Lead(new EvaluationArrived(header.Step, header.Slot, values, header.Extra));
                break;
            case FrameKind.Model:
                Collect(header.Range, frame.Payload.Buffer!);
                break;
            default:
                frame.Payload.Release();
                break;
        }
    }

    private void TakePiece(FrameArrived frame)
    {
        var header = frame.Header;
        var payload = frame.Payload;
        var piece = _job.PieceOf(header, payload.Length);
        var version = header.Step > _arrived[piece] ? _store.TryHold(header.Step) : null;
        if (version is null)
        {
            _transport.Counters.Drop(DropReason.Stale); // repeated, or from a range's old server, overtaken by its new one
            payload.Release();
            return;
        }

        if (!_store.Owns(payload.Buffer!))
            payload.Floats.CopyTo(version.Floats.Slice(_job.Pieces[piece].Begin, payload.Length));
        version.Release();
        payload.Release();
        Arrived(header, piece, piece + 1);
    }

    private void Arrived(FrameHeader header, int first, int end)
    {
        for (var piece = first; piece < end; piece++)
            _arrived[piece] = Math.Max(_arrived[piece], header.Step);
        if (header.Range == 0)
            Stamped(header);
        else
            StartWhenReady();
    }

    private void Stamped(FrameHeader header)
    {
        if (header.Step < _stamp.Step)
            return;
        _stamp = header;
        if (header.CheckpointAt > 0)
        {
            foreach (var server in _servers.Values)
                server.Tell(new CheckpointAnnounced(header.CheckpointAt, header.IsFinal));
        }

        if (_assignments.TryGetValue(header.Assignment, out var assignment) && _active?.Number != assignment.Number)
        {
            (_active, _activeSince) = (assignment, header.Step);
            RefreshRoute();
            foreach (var server in _servers.Values)
                server.Tell(new AssignmentActivated(header.Step, assignment));
            Report();
        }

        StartWhenReady();
    }

    private void StartWhenReady()
    {
        var version = _stamp.Step;
        if (_active is not { } active || _isStopped || version <= _started || _computing > 0 || Array.Exists(_arrived, arrived => arrived != version))
            return;
        var (first, end) = active.ShardsOf(_self);
        if (first == end)
            return;
        if (_stamp.IsFinal || _job.Plan.IsBoundary(version))
        {
            if (_evaluated < version && _job.HasEvaluation)
            {
                _evaluated = version;
                Divide(first, end, (begin, stop) => new ComputeEvaluation(version, begin, stop));
                return;
            }

            if (_decided < version)
                return;
        }

        _started = version;
        TrainingMeter.Started.Record(version);
        // Where sums of several workers would travel, siblings are added first.
        var route = Math.Min(_workers.Length, end - first) > 1 && _route!.LeavesNode ? null : _route;
        _merging = route is null ? _route : null;
        Divide(first, end, (begin, stop) => new ComputeStep(version, begin, stop, route));
    }

    /// <summary>Splits a run of shards over the node's workers.</summary>
    private void Divide(int first, int end, Func<int, int, object> work)
    {
        var used = Math.Min(_workers.Length, end - first);
        _computing = used;
        for (var worker = 0; worker < used; worker++)
        {
            var begin = first + (int)((long)worker * (end - first) / used);
            var stop = first + (int)((long)(worker + 1) * (end - first) / used);
            _workers[worker].Tell(work(begin, stop));
        }
    }

    private void Computed(StepComputed computed)
    {
        _shardSteps += computed.Shards;
        _partials.AddRange(computed.Partials);
        if (--_computing > 0)
            return;
        if (_partials.Count > 0)
        {
            _computing = 1;
            _workers[0].Tell(new MergePartials(computed.Step, [.. _partials], _merging!));
            _partials.Clear();
            return;
        }

        StartWhenReady();
    }

    private void Merged(PartialsMerged merged)
    {
        _computing = 0;
        foreach (var partial in merged.Partials)
            merged.Route.PushWhole(merged.Step, partial);
        TrainingMeter.Computed.Record(merged.Step);
        StartWhenReady();
    }

    private void RefreshRoute()
    {
        if (_active is { } active)
            _route = new PushRoute(_job, _self, active, [.. _job.Ranges.Select(range => active.Primaries[range.Index] == _self ? _servers.GetValueOrDefault(range.Index) : null)], _transport);
    }

    // ---- an epoch's end ---------------------------------------------------------------------------------------------------

    private void Evaluated(EvaluationComputed computed)
    {
        _computing--;
        foreach (var slot in computed.Slots)
            SendEvaluation(computed.Version, slot.Slot, slot.Values, double.NaN);
        if (!double.IsNaN(computed.Penalty))
            SendEvaluation(computed.Version, default, [], computed.Penalty);
        StartWhenReady();
    }

    private void SendEvaluation(long version, Slot slot, double[] values, double penalty)
    {
        if (_active!.Leader == _self)
        {
            Lead(new EvaluationArrived(version, slot, values, penalty));
            return;
        }

        var header = new FrameHeader
        {
            Kind = FrameKind.Evaluation,
            Term = _active.Term,
            Step = version,
            SlotFirst = slot.First,
            SlotEnd = slot.End,
            Extra = penalty,
        };
        var buffer = _pool.Rent(values.Length * 2);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(buffer.Bytes);
        _transport.Send(_active.Leader, _job.Id, header, new TensorSlice(buffer, 0, values.Length * 2));
        buffer.Release();
    }

    private void Decide(DecideEpoch decision)
    {
        if (decision.Version > _decided)
        {
            _decided = decision.Version;
            _isStopped |= decision.Stop;
            foreach (var server in _servers.Values)
                server.Tell(new EpochDecisionKnown(decision.Version, decision.Stop, decision.KeepBest));
            StartWhenReady();
        }

        Report();
    }

    // ---- the end ----------------------------------------------------------------------------------------------------------

    private void Save(SaveModel order)
    {
        if (order.Saver == _self && _collector is null)
        {
            _collector = new ModelCollector(_job, order);
            foreach (var (range, buffer) in _earlyModel)
                Collect(range, buffer);
            _earlyModel.Clear();
        }

        foreach (var server in _servers.Values)
            server.Tell(new SendModel(order.Saver, order.Version, order.UseBest));
    }

    private void Collect(int range, TensorBuffer buffer)
    {
        if (_collector is null)
        {
            _earlyModel.Add((range, buffer)); // another node had the order first
            return;
        }

        if (_collector is { IsComplete: false } collector)
        {
            collector.Take(range, buffer);
            if (collector.IsComplete)
            {
                var job = _job;
                var saved = Task.Run(() => new ToCoordinator(ModelSaver.Save(job, collector)));
                _saving = saved;
                saved.PipeTo(_node, Self, failure: error => new ToCoordinator(
                        new ModelSaved(job.Id, "", "", false, 0, [], [], $"node {_self} could not save the model: {error.Message}")));
            }
        }

        buffer.Release();
    }

    private void Report()
    {
        var isIdle = _active is { } active && !active.Nodes.Contains(_self) && _servers.Count == 0 && _computing == 0 && _transport.IsFlushed
            && !_assignments.Values.Any(assignment => assignment.Number > active.Number && assignment.Nodes.Contains(_self));
        _node.Tell(new JobReport(
            _job.Id, OpenState.Open, "", _job.Data.Sha256, _job.Data.Train.Count, _job.Network.Layout.TrainedLength, _prepared, _active?.Number ?? 0,
            _decided, isIdle, _shardSteps, _transport.Counters.BytesSent, _transport.Counters.BytesReceived)
        { Layers = _layers, CheckpointParts = _checkpointTexts });
    }
}

/// <summary>Asks the job actor for a fresh report.</summary>
internal sealed record AskJobReport;

/// <summary>A link failed a moment ago.</summary>
internal sealed record LinkStillFailed(LinkFailed Link);
