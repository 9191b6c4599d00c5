using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// A node's own actor: reports to the coordinator until heard, opens jobs, keeps a copy of the coordinator's book, and passes
/// clients' requests on. One job runs at a time.
/// </summary>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    public const string Name = "node";
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private readonly NodeDescription _description;
    private readonly ITensorTransport _transport;
    private readonly BufferPool _pool;
    private readonly IActorRef _coordinator;
    private readonly Func<OpenJob, JobOpenedHere> _opener;
    private readonly FolderRules _folders;
    private readonly BookCopy _book = new();
    private readonly NodeCheckpoints _checkpoints;
    private readonly Dictionary<string, ModelSaved> _savedModels = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _job;
    private IActorRef? _closing;
    private OpenJob? _awaitsClosing;
    private string? _jobId;
    private JobReport? _jobReport;
    private JobReport? _closedReport;
    private OpenJob? _opening;
    private IActorRef? _rows;
    private int _reportedBook;
    private bool _isWelcome;
    private bool _isLeaving;
    private IActorRef? _leaveWaiter;

    public NodeActor(NodeDescription description, ITensorTransport transport, BufferPool pool, IActorRef coordinator, Func<OpenJob, JobOpenedHere> opener, FolderRules folders)
    {
        (_description, _transport, _pool, _coordinator, _opener, _folders) = (description, transport, pool, coordinator, folders.Guard(opener), folders);
        _checkpoints = new NodeCheckpoints(coordinator, folders);
        Receive<ReportTick>(_ => Tick());
        Receive<string>(Greet);

        Heed<RefuseNode>(refuse => Stop(refuse.Reason));
        Heed<KeepBookEntry>(KeepEntry);
        Heed<AskBook>(SendBook);
        Obey<OpenCheckpoints>(_checkpoints.Open);
        Obey<CompleteCheckpoint>(order => _checkpoints.Complete(order, _book.Entries));
        Heed<StartAfresh>(StartAfresh);
        Obey<OpenJob>(Open);
        Obey<FetchRows>(Fetch);
        Obey<PrepareAssignment>(order => ToJob(order.JobId, order));
        Obey<ActivateAssignment>(order => ToJob(order.JobId, order));
        Obey<StopSoon>(order => ToJob(order.JobId, order));
        Obey<DecideEpoch>(order => ToJob(order.JobId, order));
        Obey<SaveModel>(Save);
        Obey<CloseJob>(Close);

        Receive<JobOpenedHere>(Opened);
        Receive<Terminated>(Closed);
        Receive<JobReport>(Learn);
        Receive<ToCoordinator>(PassOn);

        Receive<SubmitJob>(Submit);
        Receive<CancelJob>(_coordinator.Forward);
        Receive<FollowJob>(_coordinator.Forward);
        Receive<AskStatus>(_coordinator.Forward);
        Receive<FetchModelPiece>(_coordinator.Forward);
        Receive<ServeModelPiece>(piece => Sender.Tell(ModelPieces.Read(_savedModels.GetValueOrDefault(piece.JobId)?.Folder, piece)));
        Receive<Leave>(BeginToLeave);
        Receive<ClusterEvent.MemberRemoved>(removed => _job?.Tell(new NodeRemoved(NodeSystem.AddressOf(removed.Member.Address))));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(ReportTick.Instance, ReportTick.Instance, TimeSpan.Zero, ReportInterval);
        if (Context.System.Settings.HasCluster)
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
    }

    private void Heed<TMessage>(Action<TMessage> handle)
        where TMessage : ICoordinatorMessage => Receive<TMessage>(message =>
        {
            if (_book.Heeds(message))
                handle(message);
        });

    private void Obey<TCommand>(Action<TCommand> handle)
        where TCommand : ICommand => Receive<TCommand>(command =>
        {
            if (_book.Obeys(command))
                handle(command);
        });

    // ---- reporting --------------------------------------------------------------------------------------------------------

    // A job's actor that fails is a defect or exhausted memory: the run fails with the reason, nothing is restarted behind its back.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (_jobId is { } id)
            _coordinator.Tell(new RunFailed(id, _description.Address, $"node {_description.Address}: {error.Message}"));
        return Directive.Stop;
    });

    private void Tick()
    {
        _job?.Tell(new AskJobReport());
        if (!_isWelcome)
            _coordinator.Tell(Greeting.Hello(_description.Fingerprint, DataPlaneSettings.TransportOf(Context.System)));
        else
            Report();
    }

    private void Report()
    {
        _reportedBook = _book.Entries.Count;
        if (_isWelcome)
            _coordinator.Tell(new NodeReport(_description, _book.Term, _book.Entries.Count, _isLeaving, _jobReport ?? _closedReport));
        if (_isLeaving && (_jobReport is null or { IsIdle: true } or { State: OpenState.Failed or OpenState.Lacks }))
            _leaveWaiter?.Tell(new MayLeave());
    }

    private void Greet(string text)
    {
        if (Greeting.IsHello(text, out var fingerprint, out _))
        {
            Sender.Tell(Greeting.Answer(fingerprint, _description.Fingerprint));
        }
        else if (Greeting.IsRefused(text, out var reason))
        {
            Stop($"node {_description.Address} was refused: {reason}");
        }
        else if (Greeting.IsWelcome(text) && !_isWelcome)
        {
            _isWelcome = true;
            Context.System.EventStream.Publish(new NodeWelcome());
            Report();
        }
    }

    private void Learn(JobReport report)
    {
        if (report.JobId != _jobId)
            return;
        var changed = _jobReport is null || !report.SaysTheSameAs(_jobReport);
        _jobReport = report;
        if (changed)
            Report();
    }

    private void Stop(string reason) => Context.System.EventStream.Publish(new NodeRefused(reason));

    // ---- the coordinator's book -------------------------------------------------------------------------------------------

    /// <summary>
    /// A node that lacks many entries asks for the next ones as soon as these are here: a job of short epochs writes more of them in a
    /// second than a few reports would bring.
    /// </summary>
    private void KeepEntry(KeepBookEntry entry)
    {
        _book.Keep(entry);
        if (_book.Entries.Count - _reportedBook >= CoordinatorLogic.MostEntriesAtOnce)
            Report();
    }

    private void SendBook(AskBook ask)
    {
        foreach (var entry in _book.Answer(ask))
            Sender.Tell(entry);
    }

    // ---- jobs -------------------------------------------------------------------------------------------------------------

    private void Open(OpenJob open)
    {
        if (_jobId == open.JobId)
            return;
        CloseCurrent();
        if (_closing is not null)
        {
            _awaitsClosing = open; // it may be the same job, afresh: its actor's name and its place in the data plane are not free yet
            return;
        }

        (_jobId, _opening) = (open.JobId, open);
        _closedReport = null;
        _jobReport = new JobReport(open.JobId, OpenState.Opening, "", "", 0, 0, 0, 0, -1, false, 0, 0, 0);
        Report();
        Task.Run(() => _opener(open)).PipeTo(
            Self, failure: error => new JobOpenedHere(open.JobId, null, null, UserMessage(error)) { Lacks = error is DataException { IsMissing: true } });
    }

    /// <summary>Who has the data that this node lacks, or who has it now.</summary>
    private void Fetch(FetchRows order)
    {
        if (order.JobId != _jobId)
            return;
        _rows?.Tell(order);
        if (_rows is null && _jobReport is { State: OpenState.Lacks })
        {
            var (open, settings) = (_opening!, RowSettings.Read(Context.System.Settings.Config));
            _rows = Context.ActorOf(ActorFactory<RowsActor>.Props(() => new RowsActor(open, order, _transport, _pool, settings, JobOpenedHere.OpenFetched)));
            _jobReport = _jobReport with { State = OpenState.Opening, Error = "" };
        }

        if (_rows is not null && _jobReport is { State: OpenState.Opening })
            _jobReport = _jobReport with { RowSources = order.Sources };
        Report();
    }

    /// <summary>What is the user's to mend is said plainly; anything else keeps its type, because it may be a defect.</summary>
    private static string UserMessage(Exception error) =>
        error is JobFileException or DataException or ModelException ? error.Message : $"{error.GetType().Name}: {error.Message}";

    private void Opened(JobOpenedHere opened)
    {
        var isOfAnotherTime = opened.Job?.Rows is { } supply && !supply.IsOf(_rows); // the same job, before this node started afresh
        if (opened.JobId != _jobId || isOfAnotherTime)
        {
            opened.Job?.Dispose();
            opened.Store?.Dispose();
            return;
        }

        if (opened.Job is { } job)
        {
            var self = Self;
            _job = Context.ActorOf(
                ActorFactory<JobActor>.Props(() => new JobActor(job, opened.Store!, _description.Address, _transport, _pool, _description.Threads, self))
                    .WithDispatcher(JobActor.ComputeDispatcher),
                $"job-{job.Id}");
            Context.Watch(_job);
            return;
        }

        // Where there is one node only, nobody asks which.
        var error = _description.Address == NodeSystem.LocalAddress ? opened.Error : $"node {_description.Address}: {opened.Error}";
        // The coordinator tells whoever waits for the job; here it is of interest to those who look after a node of a cluster.
        if (_description.Address != NodeSystem.LocalAddress && !opened.Lacks)
            _log.Error(error);
        _jobReport = _jobReport! with { State = opened.Lacks ? OpenState.Lacks : OpenState.Failed, Error = error, RowSources = [] };
        Report();
    }

    private void PassOn(ToCoordinator message)
    {
        if (message.Message is ModelSaved { Error: "" } saved)
            _savedModels[saved.JobId] = saved;
        _coordinator.Tell(message.Message);
    }

    private void ToJob(string jobId, object message)
    {
        if (jobId == _jobId)
            _job?.Tell(message);
    }

    private void Submit(SubmitJob submit)
    {
        // Where nobody waits for an answer, opening the job says it.
        if (!Sender.Equals(Context.System.DeadLetters) && _folders.Refusal(submit) is { } refusal)
            Sender.Tell(new Answer(false, refusal));
        else
            _coordinator.Forward(submit);
    }

    private void Save(SaveModel order)
    {
        if (order.Saver == _description.Address && _savedModels.TryGetValue(order.JobId, out var saved))
            _coordinator.Tell(saved); // it is saved: the answer was lost
        else if (order.Saver == _description.Address && _folders.WriteRefusal(order.ModelFolder) is { } refusal)
            _coordinator.Tell(new RunFailed(order.JobId, _description.Address, refusal));
        else
            ToJob(order.JobId, order);
    }

    private void Close(CloseJob close)
    {
        if (close.JobId != _jobId)
            return;
        CloseCurrent();
        Report();
    }

    private void StartAfresh(StartAfresh order)
    {
        if (order.JobId != (_jobId ?? _closedReport?.JobId))
            return;
        _log.Warning("The cluster went on without this node; it starts afresh");
        CloseCurrent();
        _closedReport = null;
        Report();
    }

    private void CloseCurrent()
    {
        _awaitsClosing = null;
        if (_job is not null)
        {
            Context.Stop(_job);
            _closing = _job;
        }

        if (_rows is not null)
        {
            Context.Stop(_rows);
            // The job's actor does that itself, where there is one.
            if (_job is null && _jobId is not null)
                _transport.Unregister(_jobId);
            _rows = null;
        }

        _closedReport = _jobReport is null ? _closedReport : _jobReport with { IsIdle = true };
        (_job, _jobId, _jobReport) = (null, null, null);
    }

    private void Closed(Terminated ended)
    {
        if (ended.ActorRef.Equals(_job))
            _job = null; // it failed; the coordinator has been told
        if (!ended.ActorRef.Equals(_closing))
            return;
        _closing = null;
        if (_awaitsClosing is { } open)
            Open(open);
    }

    private void BeginToLeave(Leave leave)
    {
        _isLeaving = true;
        _leaveWaiter = Sender;
        Report();
    }

    private sealed class ReportTick
    {
        public static ReportTick Instance { get; } = new();
    }
}
