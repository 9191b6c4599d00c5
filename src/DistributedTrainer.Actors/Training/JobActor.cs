using System.Runtime.InteropServices;
using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// One job on one node: keeps the node's copy of the parameters, starts a step on its workers once every range of a version has arrived,
/// pushes their gradient sums to the servers, and runs the servers and backups of the node's own ranges.
/// </summary>
internal sealed partial class JobActor : ReceiveActor
{
    public const string ComputeDispatcher = "dtrain.compute-dispatcher";

    private readonly OpenedJob _job;
    private readonly string _self;
    private readonly ITensorTransport _transport;
    private readonly BufferPool _pool;
    private readonly int _threads;
    private readonly IActorRef _node;
    private readonly ParameterStore _store;
    private readonly ServerPlace _place;
    private readonly ModelSaving _model;
    private readonly KnownAssignments _assignments = [];
    private readonly Dictionary<int, IActorRef> _servers = [];
    private readonly string[] _layers;
    private Assignment? _active;
    private long _activeSince;
    private int _prepared;
    private int _since;
    private int _serverNames;
    private readonly SortedDictionary<int, PartReport> _checkpointParts = [];
    private string[] _checkpointTexts = [];
    private CheckpointAnnounced? _checkpoint;
    private RowServer? _rows;

    /// <summary>Why the run cannot go on here. Repeated with each report, since a message may be lost with a connection.</summary>
    private RunFailed? _failure;

    /// <param name="surroundings">Null: the machine's own clock and disk.</param>
    public JobActor(
        OpenedJob job, ParameterStore store, string self, ITensorTransport transport, BufferPool pool, int threads, IActorRef node,
        JobSurroundings? surroundings = null)
    {
        var world = surroundings ?? JobSurroundings.Real;
        (_job, _self, _transport, _pool, _threads, _node) = (job, self, transport, pool, threads, node);
        _store = store;
        _place = new ServerPlace(self, Self, job.IsHalf ? store.Split() : store, pool, transport, world) { Rounded = job.IsHalf ? store : null };
        _model = new ModelSaving(job, self, node, Self, world.Disk);
        _layers = [.. job.Network.Summary.Select(LayerLine.Format)];
        _arrivals = new ArrivedVersions(job.Pieces.Length);
        _owners = new RangeServers(job.Ranges.Count);
        _averages = new ArrivedAverages(job, pool);

        Receive<PrepareAssignment>(Prepare);
        Receive<ActivateAssignment>(activate => Lead(new StampNext(activate.Number)));
        Receive<StopSoon>(_ => Lead(new StopNext()));
        Receive<DecideEpoch>(Heard);
        Receive<EpochConcluded>(Conclude);
        Receive<ShareNorm>(Share);
        Receive<SaveModel>(Save);
        Receive<FrameArrived>(TakeFrame);
        Receive<RangeWritten>(written => Arrived(written.Header, _job.FirstPieces[written.Header.Range], _job.FirstPieces[written.Header.Range + 1]));
        Receive<StepComputed>(Computed);
        Receive<PartialsMerged>(Merged);
        Receive<EvaluationComputed>(Evaluated);
        Receive<ModelRange>(range => _model.Take(range.Range, range.Buffer));
        Receive<RangeServed>(Served);
        Receive<RangeHandedOver>(HandedOver);
        Receive<RangeOutlived>(Outlived);
        Receive<RangeRestored>(Restored);
        Receive<PartWritten>(written => PartWritten(written.Report));
        Receive<BackupCounts>(Keeps);
        Receive<Promoted>(BecomePrimary);
        Receive<ToCoordinator>(_node.Forward);
        Receive<LinkFailed>(failed => Miss(failed.Node, failed.Reason));
        Receive<NodeRemoved>(removed => Miss(removed.Node, "it is no longer in the cluster"));
        Receive<AskJobReport>(_ => Tick());
    }

    protected override void PreStart()
    {
        _workers = [.. Enumerable.Range(1, _threads).Select(index => Context.ActorOf(
            ActorFactory<WorkerActor>.Props(() => new WorkerActor(_job, _store, _pool)).WithDispatcher(ComputeDispatcher), $"worker-{index}"))];
        _rows = _job.Data.Stored is null ? null : new RowServer(_job, _transport, _pool);
        _transport.Register(_job.Id, new JobFrames(_job, _store, _transport.Counters, Self, _rows));
        Report();
    }

    protected override void PostStop()
    {
        _transport.Unregister(_job.Id);
        _rows?.Dispose();
        _averages.Dispose();
        _store.Dispose();
        _place.Store.Dispose();
        _model.Dispose();
    }

    // A failing child means a defect or memory exhausted: the run fails with the reason, nothing is restarted behind its back.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (error is OperationCanceledException)
            return Directive.Stop; // the job is over, and a worker waited for rows
        var reason = error is BrokenInvariantException broken ? broken.Describe(_self, _job.Id, Math.Max(0, _stamp.Step)) : $"node {_self}: {error.Message}";
        Fail(new RunFailed(_job.Id, _self, reason));
        return Directive.Stop;
    });

    // ---- assignments ------------------------------------------------------------------------------------------------------

    private void Prepare(PrepareAssignment message)
    {
        var assignment = new Assignment(message.Term, message.Number, message.Shards, message.Primaries) { Backups = message.Backups };
        if (_assignments.TryAdd(assignment))
        {
            Welcome(assignment, message.Lost);
            GoOnWithout(_ => true);
            _since = _since == 0 ? message.Number : _since;
            var isFirst = _active is null && message.Number == 1;
            foreach (var range in assignment.RangesOf(_self).Where(range => !_servers.ContainsKey(range)))
            {
                if (isFirst)
                    StartFirstServer(range);
                else
                    StartServer(new RangeState(_job, _job.Ranges[range], -1), null, 0);
            }

            foreach (var range in assignment.BackupsOf(_self).Where(range => !_backups.ContainsKey(range)))
                StartBackup(range, assignment, awaitsState: !isFirst || _job.StartVersion > 0);
            foreach (var server in _servers.Values)
                server.Tell(new AssignmentPrepared(assignment));
            if (RehearsalsOf(assignment) is var steps and > 0)
                _rehearsal = new Rehearsal(assignment, steps);
            else
                _prepared = Math.Max(_prepared, message.Number);
            if (_active is null)
                GoAhead(Math.Max(_stamp.Step, _job.StartVersion), assignment);
        }

        foreach (var lost in message.Lost)
            Miss(lost, "the coordinator lost it");
        GoOnWithout(message.Lost.Contains);
        StartWhenReady();
        Report();
    }

    /// <summary>A node without the data fetches what its shards need before they need it.</summary>
    private void GoAhead(long step, Assignment assignment)
    {
        if (_job.Rows is not { } rows)
            return;
        var (first, end) = assignment.ShardsOf(_self);
        rows.GoAhead(step, first, end);
    }

    private IActorRef StartServer(RangeState state, Promoted? promoted, long authority)
    {
        var server = Context.ActorOf(
            ActorFactory<ParameterServerActor>.Props(() => new ParameterServerActor(_job, _place, state, promoted, authority)).WithDispatcher(ComputeDispatcher),
            $"server-{state.Range.Index}-{++_serverNames}");
        if (_checkpoint is not null)
            server.Tell(_checkpoint); // the mark may have come before the server
        TellDecisions(server);
        return _servers[state.Range.Index] = server;
    }

    /// <summary>The first server of a range, at the version that the run begins from: 0 is in the store, a later one in a checkpoint.</summary>
    private void StartFirstServer(int range)
    {
        if (_job.StartVersion == 0)
        {
            StartServer(new RangeState(_job, _job.Ranges[range], 0), null, 0);
            return;
        }

        StartServer(new RangeState(_job, _job.Ranges[range], -1), null, 0);
        _place.Surroundings.Disk.ReadRange(_job.Checkpoint, _job.StartVersion, _job.Ranges[range], _pool).PipeTo(
            Self, success: snapshot => new RangeRestored(range, snapshot, ""), failure: error => new RangeRestored(range, null, error.Message));
    }

    private void Restored(RangeRestored restored)
    {
        if (restored.Snapshot is null)
            Fail(new RunFailed(_job.Id, _self, $"node {_self}: {restored.Error}") { IsOfCheckpoint = true });
        else if (_servers.TryGetValue(restored.Range, out var server))
            server.Tell(restored);
        else
            restored.Snapshot.Release(); // another node has taken the range over
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

    /// <summary>The leading server's stamp on a version says which assignment steps follow from there on.</summary>
    private void Follow(Assignment assignment, long version)
    {
        (_active, _activeSince) = (assignment, version);
        _assignments.ForgetBefore(assignment.Number);
        AwaitRanges(assignment);
        _owners.Follow(assignment);
        RefreshRoute();
        foreach (var server in _servers.Values)
            server.Tell(new AssignmentActivated(version, assignment));
        FollowWithBackups(assignment, version);
        TakeOverWhatIsGone();
        Report();
    }

    // ---- frames -----------------------------------------------------------------------------------------------------------

    private void TakeFrame(FrameArrived frame)
    {
        if (_job.IsHalf && HalfFrames.Carries(frame.Header.Kind))
        {
            if (HalfFrames.Unpack(_job, frame, _pool) is not { } unpacked)
            {
                _transport.Counters.Drop(DropReason.UnknownRange);
                return;
            }

            frame = unpacked;
        }

        var header = frame.Header;
        if (FrameAdmission.IsSuperseded(header, _active, _activeSince) || FrameAdmission.IsReplaced(header, _owners))
        {
            _transport.Counters.Drop(DropReason.OldTerm);
            frame.Payload.Release();
            return;
        }

        switch (header.Kind)
        {
            case FrameKind.Publish:
                TakePiece(frame);
                break;
            case FrameKind.Average:
                _averages.Take(frame);
                frame.Payload.Release();
                StartWhenReady();
                break;
            case FrameKind.Norm:
                TakeNorm(frame);
                break;
            case FrameKind.Push or FrameKind.State or FrameKind.ReplicaAck when _servers.TryGetValue(header.Range, out var server):
                server.Tell(frame);
                break;
            case FrameKind.Replicate or FrameKind.ReplicaState when _backups.TryGetValue(header.Range, out var backup):
                backup.Tell(frame);
                break;
            case FrameKind.Model:
                _model.Take(header.Range, frame.Payload.Buffer!);
                break;
            case FrameKind.Evaluation:
                var values = MemoryMarshal.Cast<byte, double>(frame.Payload.Bytes).ToArray();
                frame.Payload.Release();
                Lead(new EvaluationArrived(header.Step, header.Slot, values, header.Extra));
                break;
            case FrameKind.Decision:
                TakeDecision(frame);
                break;
            case FrameKind.Stamp:
                frame.Payload.Release();
                Lead(new StampSeen(header));
                Stamped(header);
                break;
            case FrameKind.Help:
                frame.Payload.Release();
                Help(header);
                break;
            case FrameKind.TakeOver:
                frame.Payload.Release();
                TakenOver(header);
                break;
            default:
                frame.Payload.Release();
                break;
        }
    }

    private void Save(SaveModel order)
    {
        _model.Begin(order);
        foreach (var server in _servers.Values)
            server.Tell(new SendModel(order.Saver, order.Version, order.UseBest));
    }

    private void Tick()
    {
        RepeatEpochs();
        if (_rehearsal is { } rehearsal && rehearsal.IsOverdue())
            Rehearsed(rehearsal);
        Report();
        if (_failure is not null)
            _node.Tell(new ToCoordinator(_failure));
    }

    private void Fail(RunFailed failure)
    {
        _failure ??= failure;
        _node.Tell(new ToCoordinator(failure));
    }

    private void Report()
    {
        var isIdle = _active is { } active && !active.Nodes.Contains(_self) && _servers.Count == 0 && _computing == 0 && _transport.IsFlushed
            && !_assignments.Any(assignment => assignment.Number > active.Number && assignment.Nodes.Contains(_self));
        _node.Tell(new JobReport(
            _job.Id, OpenState.Open, "", _job.DataSha256, _job.Plan.Batches.Rows, _job.Network.Layout.TrainedLength, _prepared, _active?.Number ?? 0,
            _decision?.Version ?? -1, isIdle, _shardSteps, _transport.Counters.BytesSent, _transport.Counters.BytesReceived)
        {
            Layers = _prepared == 0 ? _layers : [],
            CheckpointParts = _checkpointTexts,
            Unreachable = [.. _gone, .. Astray(_self)],
            UnreachableWhy = [.. _gone.Select(node => _goneWhy[node]), .. Astray($"it has come to version {_stamp.Step}, and the others have gone back")],
            RowSources = _job.Rows?.Sources ?? [],
            RowBytes = _job.Rows?.BytesFetched ?? 0,
            Serves = [.. _serves.Order()],
            ServedVersions = [.. _serves.Order().Select(range => _arrivals.Newest(_job.FirstPieces[range]))],
            Keeps = [.. _keeps.Order()],
            GivenUp = [.. GivenUp()],
            Replaced = [.. _successors.Keys.Order()],
            Since = _since,
        });
    }

    private IEnumerable<string> Astray(string text) => _hasGoneAstray ? [text] : [];
}

/// <summary>Asks the job actor for a fresh report.</summary>
internal sealed record AskJobReport;

/// <summary>A node is no longer a member of the cluster.</summary>
internal sealed record NodeRemoved(string Node);
