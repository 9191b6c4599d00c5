using System.Buffers;
using System.Text.Json;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>
/// All decisions of the coordinator, without actors, clock or IO. It compares what nodes report with what a job needs next and says
/// what to tell them; everything is repeated until the reports show its effect, so lost messages cost time only. What must survive
/// a move of the coordinator goes into its book, which every node copies.
/// </summary>
/// <param name="self">Address of the node that hosts this coordinator.</param>
/// <param name="fingerprint">Build identity that nodes must share.</param>
/// <param name="timeouts">Bounds of all waits.</param>
public sealed partial class CoordinatorLogic(string self, string fingerprint, CoordinatorTimeouts timeouts)
{
    /// <summary>Book entries for a node that lacks many; it reports as soon as it has them.</summary>
    public const int MostEntriesAtOnce = 256;

    // Ids become part of actor and folder names on every node.
    private const int MostIdLetters = 200;
    private static readonly SearchValues<char> IdLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly Dictionary<string, NodeEntry> _nodes = [];
    private readonly List<BookEntry> _book = [];
    private readonly List<string> _bookTexts = [];
    private readonly Dictionary<string, JobRecord> _jobs = [];
    private readonly List<string> _queue = [];

    /// <summary>Jobs of an earlier coordinator: they may have come further than the book says, which had its copies on nodes that are lost.</summary>
    private readonly HashSet<string> _recovered = [];
    private readonly Dictionary<(string Node, string Command), TimeSpan> _sent = [];
    private readonly List<CoordinatorDecision> _decisions = [];
    private JobProgress? _progress;
    private TimeSpan _now;
    private TimeSpan? _recoveredAt;
    private int _joined;

    /// <summary>Grows with each coordinator; nodes ignore commands of a lower one.</summary>
    public long Term { get; private set; } = 1;

    public int BookLength => _book.Count;

    private JobRecord? Current => _queue.Count == 0 ? null : _jobs[_queue[0]];

    /// <summary>Takes the decisions made since the last call.</summary>
    public IReadOnlyList<CoordinatorDecision> Drain()
    {
        var decisions = _decisions.Select(ForClients).ToArray();
        _decisions.Clear();
        return decisions;
    }

    /// <summary>Clients know a job by the name that they gave it, whatever run of it this is.</summary>
    private static CoordinatorDecision ForClients(CoordinatorDecision decision) =>
        decision is TellFollowers tell ? new TellFollowers(tell.Event with { JobId = RunGeneration.JobOf(tell.Event.JobId) }) : decision;

    /// <summary>Goes on from another coordinator's book.</summary>
    /// <param name="texts">
    /// Its entries, from the first. None where nobody keeps any: nodes may have heard of a coordinator before this one all the same, and
    /// listen to none of a lower term.
    /// </param>
    /// <param name="reports">What nodes have reported so far: all of them count before anything is decided.</param>
    public void Recover(IReadOnlyList<string> texts, IReadOnlyCollection<NodeReport> reports, TimeSpan now)
    {
        _now = now;
        Term = reports.Max(report => report.Term) + 1;
        if (texts.Count > 0)
            _recoveredAt = now;
        foreach (var report in reports.Where(report => report.Node.Fingerprint == fingerprint))
            _nodes[report.Node.Address] = new NodeEntry(report, _joined++);
        foreach (var text in texts)
            Fold(JsonSerializer.Deserialize(text, BookJson.Default.BookEntry)!, text);
        _recovered.UnionWith(_jobs.Keys);
        foreach (var report in reports.Where(WasLeftOut))
            _nodes.Remove(report.Node.Address);
        if (Current is not { } job)
            return;
        // The latest moment of the run's clock that the book knows.
        var at = Math.Max(job.Events.Count == 0 ? 0 : job.Events[^1].AtSeconds, job.Epochs.Sum(epoch => epoch.Row.Seconds));
        Record(new JobRecovered(job.Submission.JobId, at));
        _progress = new JobProgress(now, at, Math.Max(job.StartVersion, job.LastEpoch?.Row.Step ?? 0)) { TrainingStartedAt = now - TimeSpan.FromSeconds(at) };
        if (job.Opened is not null)
            Happened(job, "coordinator-moved", self, $"term {Term}");
    }

    /// <summary>Queues a job. A job that is known already is the same job.</summary>
    public Answer Submit(SubmitJob submit, TimeSpan now)
    {
        _now = now;
        if (_jobs.ContainsKey(submit.JobId))
            return new Answer(true, "known");
        if (submit.JobId.Length is 0 or > MostIdLetters || submit.JobId.AsSpan().ContainsAnyExcept(IdLetters))
            return new Answer(false, $"the job's id '{submit.JobId}' is not 1 to {MostIdLetters} letters, digits and . _ -");
        try
        {
            JobFile.Parse(submit.JobText, "submitted job");
        }
        catch (JobFileException error)
        {
            return new Answer(false, error.Message);
        }

        Record(new JobQueued(
            submit.JobId,
            new JobSubmission(submit.JobId, submit.JobText, submit.MinNodes, submit.Servers, submit.Replicas, submit.ModelFolder)
            {
                CheckpointFolder = submit.CheckpointFolder,
                Resume = submit.Resume,
            }));
        var waiting = _queue.Count > 1 ? $"{_queue.Count - 1} jobs before it" : "nodes";
        _decisions.Add(new TellFollowers(new JobAccepted(submit.JobId, _jobs[submit.JobId].Job.Name, waiting)));
        Reconcile();
        return new Answer(true, "queued");
    }

    /// <summary>Stops a job at a step ahead of all nodes, or takes it out of the queue.</summary>
    public Answer Cancel(CancelJob cancel, TimeSpan now)
    {
        _now = now;
        if (!_jobs.TryGetValue(cancel.JobId, out var job))
            return new Answer(false, $"no job {cancel.JobId}; known: {string.Join(", ", _jobs.Keys)}");
        if (job.Closed is null && job != Current)
        {
            Close(job, "stopped", cancel.Reason, cancel.ExitCode);
        }
        else if (job is { Closed: null, Stop: null, IsSaving: false })
        {
            Record(new StopRequested(cancel.JobId, cancel.Reason, cancel.ExitCode));
            Reconcile();
        }

        return new Answer(true, "stopping");
    }

    public void Handle(NodeReport report, TimeSpan now)
    {
        _now = now;
        if (report.Node.Fingerprint != fingerprint)
        {
            Tell(
                report.Node.Address,
                new RefuseNode(Term, $"node {report.Node.Address} runs build {report.Node.Fingerprint}, this cluster runs build {fingerprint}; start all nodes from the same build"));
            return;
        }

        if (IsOfThePast(report))
            return;
        var isNews = true;
        if (!_nodes.TryGetValue(report.Node.Address, out var node))
        {
            _nodes[report.Node.Address] = node = new NodeEntry(report, _joined++);
            if (Current is { Opened: not null } job && !job.HasMember(report.Node.Address) && !report.Leaving)
                Happened(job, "node-joined", report.Node.Address, string.Join(' ', report.Node.Roles));
        }
        else
        {
            isNews = !report.SaysTheSameAs(node.Report);
        }

        if (Current is { Closed: null } running && report.Job is { } part && part.JobId == running.Submission.JobId && _progress is not null)
        {
            ObserveActive(running, part.Active); // a leaving leader's own word precedes its leave
            if (node.Report.Job?.ShardSteps != part.ShardSteps)
                _progress.TouchedAt = now;
        }

        (node.Report, node.ReportedAt) = (report, now);
        NoteOwnLeave(report);
        TakeParts(report);
        SendBook(node);
        CloseOn(report);
        if (isNews)
            Reconcile();
    }

    public void Handle(StepReport report, TimeSpan now)
    {
        _now = now;
        if (Current is not { Closed: null } job || job.Submission.JobId != report.JobId || _progress is null)
            return;
        var before = _progress.Report;
        var moved = _progress.Observe(report, now);
        ObserveActive(job, report.Active);
        foreach (var (address, node) in _nodes)
            node.Speed.Observe(report.Slow.Contains(address), now);
        if (moved && report.EpochDenominator > 0)
        {
            var rate = before is null ? double.NaN : (report.Samples - before.Samples) / Math.Max(1e-9, (now - _progress.PreviousAt).TotalSeconds);
            _decisions.Add(new TellFollowers(new StepProgress(
                report.JobId, report.Epoch, report.Step, report.EpochLoss / report.EpochDenominator, rate)));
        }

        // Only another assignment changes what somebody has to be told at once; steps and slowness can wait for the next tick.
        if (before?.Active != report.Active)
            Reconcile();
    }

    public void Handle(EpochReport report, TimeSpan now)
    {
        _now = now;
        if (Current is not { Closed: null } job || job.Submission.JobId != report.JobId || _progress is null)
            return;
        ObserveActive(job, report.Active); // an epoch may end before the first progress report
        if (report.Epoch == job.Epochs.Count + 1 && !job.IsSaving)
            DecideEpoch(job, report);
        if (job is { Closed: null, LastEpoch: { } epoch })
            Tell(report.Node, Decision(job, epoch)); // the leading server decided the same; now it knows that it is written down
        SendDecision(job);
    }

    public void Handle(RunFailed failure, TimeSpan now)
    {
        _now = now;
        if (Current is { Closed: null } job && job.Submission.JobId == failure.JobId && !(failure.IsOfCheckpoint && Reopen(job, failure.Reason)))
            Close(job, "failed", failure.Reason, 1);
        Reconcile();
    }

    public void Handle(ModelSaved saved, TimeSpan now)
    {
        _now = now;
        if (Current is { IsSaving: true } job && job.Submission.JobId == saved.JobId && _progress is { } progress)
            progress.Saved = saved;
        Reconcile();
    }

    /// <summary>A defect of ours: the current job fails with it, rather than waiting for ever.</summary>
    public void Abort(Exception defect, TimeSpan now)
    {
        _now = now;
        if (Current is not { } job)
            return;
        var step = _progress?.Step ?? 0;
        Close(job, "failed", defect is BrokenInvariantException broken
            ? broken.Describe(self, job.Submission.JobId, step)
            : $"a defect in the coordinator ended the run, on node {self} at step {step}: {defect}", 1);
    }

    /// <summary>Call a few times a second: repeats what had no effect and watches the bounds.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        Reconcile();
    }

    /// <summary>The events a new follower of a job has missed.</summary>
    public IReadOnlyList<JobEvent> Replay(string jobId)
    {
        if (!_jobs.TryGetValue(jobId, out var job))
            return [];
        var events = new List<JobEvent> { new JobAccepted(jobId, job.Job.Name, "") };
        if (job.Opened is { } opened)
            events.Add(opened.Started);
        events.AddRange(job.Epochs.Select(epoch => new EpochClosed(jobId, epoch.Row)));
        events.AddRange(job.Events.Select(change => new ClusterChanged(jobId, change)));
        if (job.Closed is { } closed)
            events.Add(new JobFinished(jobId, closed.Result));
        return [.. events.Select(told => told with { JobId = jobId })];
    }

    /// <summary>All jobs, in the order in which they came.</summary>
    public IReadOnlyCollection<string> JobIds => _jobs.Keys;

    public bool IsClosed(string jobId) => _jobs.GetValueOrDefault(jobId)?.Closed is not null;

    public bool Knows(string jobId) => _jobs.ContainsKey(jobId);

    /// <summary>The name of a job's last run among nodes.</summary>
    public string RunOf(string jobId) => _jobs.GetValueOrDefault(jobId)?.Submission.JobId ?? jobId;

    /// <summary>The node that holds a finished job's model; null where there is none.</summary>
    public string? Saver(string jobId) => _jobs.GetValueOrDefault(jobId)?.Closed?.Saver;

    public ClusterStatus Status()
    {
        var current = Current;
        return new ClusterStatus(
            [.. _jobs.Values.Select(job => new JobStatus(
                RunGeneration.JobOf(job.Submission.JobId),
                job.Job.Name,
                job.Closed?.Result.State ?? (job != current ? "waiting" : job.Opened is null ? "opening" : "running"),
                job.Epochs.Count,
                job == current && job.Closed is null ? _progress?.Step ?? 0 : job.LastEpoch?.Row.Step ?? 0,
                job.Opened?.Started.TotalSteps ?? 0))],
            Term,
            [.. _nodes.Values.OrderBy(node => node.Order).Select(node => StateOf(node, current))]);
    }

    private static NodeState StateOf(NodeEntry node, JobRecord? job)
    {
        var description = node.Report.Node;
        var assignment = job?.Closed is null ? job?.InForce : null;
        var (first, end) = assignment?.ShardsOf(description.Address) ?? (0, 0);
        return new NodeState(
            description.Address,
            description.Pid,
            description.Host,
            description.Roles,
            node.Report.Leaving ? "leaving" : node.Report.Job?.State.ToString().ToLowerInvariant() ?? "idle",
            [.. Enumerable.Range(first, end - first)],
            [.. assignment?.RangesOf(description.Address) ?? []],
            [.. assignment?.BackupsOf(description.Address).Intersect(node.Report.Job?.Keeps ?? []) ?? []])
        {
            RowSources = node.Report.Job?.RowSources ?? [],
            RowBytes = node.Report.Job?.RowBytes ?? 0,
            ShardSteps = node.Report.Job?.ShardSteps ?? 0,
        };
    }

    /// <summary>The leading server has stamped an assignment.</summary>
    private void ObserveActive(JobRecord job, int active)
    {
        if (job.Latest is not { } latest || job.InForce?.Number == latest.Number || active < latest.Number)
            return;
        var isFirst = job.InForce is null;
        Record(new AssignmentInForce(job.Submission.JobId, latest.Number));
        if (!isFirst)
            Happened(job, "shards-moved", self, $"assignment {latest.Number}: {Spread(latest)}");
    }

    private void DecideEpoch(JobRecord job, EpochReport report)
    {
        var validation = report.HasValidation ? new Evaluation(report.ValidationLoss, Pairs(report.MetricNames, report.MetricValues)) : null;
        if (validation is not null && !double.IsFinite(validation.Loss))
        {
            Close(job, "failed", $"the validation loss is not finite after step {report.Version}; try a smaller learning rate, and check the validation rows", 1);
            return;
        }

        var result = new EpochResult(report.Epoch, report.Version, report.TrainLoss, validation, report.IsFinal);
        var (state, decision) = Convergence.Decide(
            job.Job.Stop, job.LastEpoch?.State ?? ConvergenceState.Start, result, job.Job.Schedule as ReduceOnPlateau);
        if (decision is { Stop: true, Reason: "epochs" })
            decision = decision with { Reason = ReasonOfEnd(job, report) };
        var seconds = (_now - _progress!.EpochStartedAt).TotalSeconds;
        _progress.EpochStartedAt = _now;
        var row = new HistoryRow(
            report.Epoch, report.Version, job.LearningRate(report.Version - 1, state), report.TrainLoss, report.Penalty, validation?.Loss,
            validation?.Metrics ?? [], seconds, report.Samples / Math.Max(seconds, 1e-9));
        Record(new EpochDecided(report.JobId, row, report.Samples, state, decision));
        _progress.TouchedAt = _now;
        _decisions.Add(new TellFollowers(new EpochClosed(report.JobId, row)));
        if (decision.Stop)
            _decisions.Add(new Explain($"job {job.Job.Name} ends at step {report.Version}: {decision.Reason}"));
    }

    private static string ReasonOfEnd(JobRecord job, EpochReport report) =>
        job.Stop?.Reason ?? (report.Version == job.Job.Stop.Steps ? "steps" : "epochs");

    private void SendDecision(JobRecord job)
    {
        if (job.LastEpoch is not { } epoch)
            return;
        var version = epoch.Row.Step;
        foreach (var node in job.Participants)
        {
            if (!(_nodes.GetValueOrDefault(node)?.Report.Job?.DecidedVersion >= version))
                Repeat(node, $"decide {version}", Decision(job, epoch));
        }
    }

    private DecideEpoch Decision(JobRecord job, EpochDecided epoch) => new(
        Term, _book.Count, job.Submission.JobId, epoch.Row.Step, epoch.Decision.Stop, epoch.Decision.KeepBest, epoch.State.BestValue,
        epoch.State.BestVersion, epoch.State.EpochsSinceBest, epoch.State.PreviousTrainLoss)
    {
        PlateauBest = epoch.State.Plateau.BestValue,
        PlateauEpochs = epoch.State.Plateau.EpochsSinceBest,
        Reductions = epoch.State.Plateau.Reductions,
        ReductionsBefore = epoch.State.Plateau.ReductionsBefore,
    };

    /// <summary>What the node's copy of the book lacks, as far as it has not been sent a moment ago.</summary>
    private void SendBook(NodeEntry node)
    {
        var end = Math.Min(_book.Count, node.Report.BookLength + MostEntriesAtOnce);
        for (var index = node.Report.BookLength; index < end; index++)
            Repeat(node.Report.Node.Address, $"book {index}", new KeepBookEntry(Term, index, _bookTexts[index]));
        node.SentBook = Math.Max(node.SentBook, end);
    }

    /// <summary>Tells a node to free a job that is over: the first order may have been lost.</summary>
    private void CloseOn(NodeReport report)
    {
        if (report.Job is { IsIdle: false, JobId: var id } && _jobs.GetValueOrDefault(RunGeneration.JobOf(id))?.Closed is not null)
            Repeat(report.Node.Address, $"close {id}", new CloseJob(Term, _book.Count, id));
    }

    private void Record(BookEntry entry)
    {
        if (_jobs.GetValueOrDefault(RunGeneration.JobOf(entry.JobId))?.WhyImpossible(entry) is { } reason)
            throw new BrokenInvariantException(reason);
        Fold(entry, JsonSerializer.Serialize(entry, BookJson.Default.BookEntry));
    }

    private void Fold(BookEntry entry, string text)
    {
        _book.Add(entry);
        _bookTexts.Add(text);
        if (entry is JobQueued queued)
        {
            _jobs[queued.JobId] = new JobRecord(queued.Submission);
            _queue.Add(queued.JobId);
        }

        var jobId = RunGeneration.JobOf(entry.JobId);
        _jobs[jobId].Apply(entry);
        if (entry is JobClosed)
            _queue.Remove(jobId);
        foreach (var node in _nodes.Values)
        {
            // At once where the node has all that came before, so that the orders that follow find the entry there.
            if (node.SentBook != _book.Count - 1)
                continue;
            Repeat(node.Report.Node.Address, $"book {_book.Count - 1}", new KeepBookEntry(Term, _book.Count - 1, text));
            node.SentBook = _book.Count;
        }
    }

    private void Happened(JobRecord job, string kind, string node, string detail, long? step = null)
    {
        var happened = new RunEvent(_progress?.Seconds(_now) ?? 0, step ?? _progress?.Step ?? 0, kind, node, detail);
        Record(new RunEventHappened(job.Submission.JobId, happened));
        _decisions.Add(new TellFollowers(new ClusterChanged(job.Submission.JobId, happened)));
        _decisions.Add(new Explain($"{kind} {node} {detail}"));
    }

    private void Tell(string node, IControlMessage message) => _decisions.Add(new TellNode(node, message));

    /// <summary>Sends a command unless it was sent a moment ago.</summary>
    private void Repeat(string node, string command, IControlMessage message)
    {
        if (_sent.TryGetValue((node, command), out var at) && _now - at < timeouts.Repeat)
            return;
        _sent[(node, command)] = _now;
        Tell(node, message);
    }

    private static string Spread(Assignment assignment) =>
        string.Join(", ", assignment.Nodes.Select(node =>
        {
            var (first, end) = assignment.ShardsOf(node);
            var shards = end > first ? new Slot(first, end).ToString() : "no shard";
            return $"{node}: {shards}";
        }));

    private static KeyValuePair<string, double>[] Pairs(string[] names, double[] values) =>
        [.. names.Zip(values, (name, value) => new KeyValuePair<string, double>(name, value))];

    private sealed class NodeEntry(NodeReport report, int order)
    {
        public NodeReport Report { get; set; } = report;

        public TimeSpan ReportedAt { get; set; }

        /// <summary>Entries of the book that the node has, or that are on their way to it.</summary>
        public int SentBook { get; set; } = report.BookLength;

        public int Order { get; } = order;

        public SpeedWatch Speed { get; } = new();
    }
}
