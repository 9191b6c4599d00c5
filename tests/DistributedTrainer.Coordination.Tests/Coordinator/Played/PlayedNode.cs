namespace DistributedTrainer.Coordination.Tests;

/// <summary>A node as the coordinator sees it: answers every command as the protocol asks, and trains nothing.</summary>
internal sealed class PlayedNode(string address, PlayedCluster cluster)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);
    private readonly List<string> _book = [];
    private TimeSpan _reportedAt = TimeSpan.MinValue;
    private TimeSpan _openAt;
    private string? _jobId;
    private bool _isClosed;
    private int _prepared;

    public string Address => address;

    public string Fingerprint { get; set; } = PlayedCluster.Build;

    public string[] Roles { get; set; } = ["coordinator", "server", "worker"];

    public string DataSha256 { get; set; } = "da1a";

    /// <summary>Not empty: opening a job fails with this.</summary>
    public string OpenError { get; set; } = "";

    /// <summary>The data is not here: opening a job fails with <see cref="OpenError"/> until the node knows whom to fetch rows from.</summary>
    public bool Lacks { get; set; }

    /// <summary>Where it fetches rows from.</summary>
    public string[] RowSources { get; private set; } = [];

    /// <summary>How long loading the data takes.</summary>
    public TimeSpan Opens { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Not one word from it, and none of its commands are carried out.</summary>
    public bool IsSilent { get; set; }

    public bool IsLeaving { get; set; }

    /// <summary>Nodes that this one cannot reach.</summary>
    public string[] Unreachable { get; set; } = [];

    /// <summary>What it says of its part in the job; by default what the protocol has it say.</summary>
    public Func<JobReport, JobReport> Says { get; set; } = report => report;

    /// <summary>How often it dropped a job's state because the cluster had gone on without it.</summary>
    public int StartedAfresh { get; private set; }

    /// <summary>The node would answer a request to leave with yes.</summary>
    public bool MayLeave => IsLeaving && (_jobId is null || _isClosed || IsIdle);

    /// <summary>The state of its ranges is on its way to their new owners.</summary>
    public bool IsHandingOver { get; set; }

    public string? Refusal { get; private set; }

    public long Term { get; set; }

    public long DecidedVersion { get; private set; } = -1;

    public IReadOnlyList<string> Book => _book;

    /// <summary>Whether a job is open here, its memory in use.</summary>
    public bool HasJob => _jobId is not null && !_isClosed;

    private bool IsIdle => !IsHandingOver && cluster.Training.Stamped is { } stamped && !stamped.Nodes.Contains(address) && _prepared <= stamped.Number;

    public NodeReport Report() => new(
        new NodeDescription(address, 1, "host", Roles, 1, Fingerprint), Term, _book.Count, IsLeaving, JobReport());

    /// <summary>Something has changed that the coordinator must hear of.</summary>
    public void ReportSoon() => _reportedAt = TimeSpan.MinValue;

    public void Act(TimeSpan now)
    {
        if (IsSilent || Refusal is not null)
            return;
        if (now - ReportInterval >= _reportedAt)
        {
            _reportedAt = now;
            cluster.Tell($"report of {address}", logic => logic.Handle(Report(), now));
        }
    }

    public void Handle(ICoordinatorMessage message, TimeSpan now)
    {
        if (IsSilent || message.Term < Term)
            return;
        Term = message.Term;
        if (message is ICommand command && command.Book > _book.Count)
            return;
        switch (message)
        {
            case RefuseNode refuse: Refusal = refuse.Reason; break;
            case KeepBookEntry entry: Keep(entry); break;
            case OpenCheckpoints open: cluster.Disk.Open(open); break;
            case CompleteCheckpoint complete: cluster.Disk.Complete(complete); break;
            case OpenJob open: Open(open, now); break;
            case FetchRows fetch when HasJob:
                _openAt = RowSources.Length == 0 ? now + Opens : _openAt;
                RowSources = fetch.Sources;
                break;
            case StartAfresh afresh when afresh.JobId == _jobId:
                (_jobId, Unreachable) = (null, []);
                StartedAfresh++;
                break;
            case CloseJob close: _isClosed |= close.JobId == _jobId; break;
            case PrepareAssignment prepare when HasJob:
                if (prepare.Number > _prepared)
                    Unreachable = [.. Unreachable.Where(node => prepare.Lost.Contains(node) || !prepare.Shards.Contains(node))];
                _prepared = Math.Max(_prepared, prepare.Number);
                cluster.Training.Prepare(new Assignment(prepare.Term, prepare.Number, prepare.Shards, prepare.Primaries) { Backups = prepare.Backups });
                break;
            case ActivateAssignment activate when HasJob: cluster.Training.Activate(address, activate.Number); break;
            case StopSoon when HasJob: cluster.Training.StopSoon(address); break;
            case DecideEpoch decide when HasJob:
                DecidedVersion = Math.Max(DecidedVersion, decide.Version);
                cluster.Training.Decided(decide);
                break;
            case SaveModel save when HasJob: cluster.Training.Save(address, save); break;
            default: break;
        }

        _reportedAt = TimeSpan.MinValue;
    }

    private void Keep(KeepBookEntry entry)
    {
        if (entry.Index < _book.Count && _book[entry.Index] != entry.Json)
            _book.RemoveRange(entry.Index, _book.Count - entry.Index);
        if (entry.Index == _book.Count)
            _book.Add(entry.Json);
    }

    private void Open(OpenJob open, TimeSpan now)
    {
        if (_jobId == open.JobId)
            return;
        (_jobId, _isClosed, _prepared, DecidedVersion, Unreachable, RowSources) = (open.JobId, false, 0, -1, [], []);
        _openAt = now + Opens;
        cluster.Training.Begin(open.JobId, open.JobText, open.Version);
    }

    private JobReport? JobReport()
    {
        if (_jobId is null)
            return null;
        var state = cluster.Now < _openAt ? OpenState.Opening
            : Lacks && RowSources.Length == 0 ? OpenState.Lacks
            : OpenError.Length > 0 && !Lacks ? OpenState.Failed : OpenState.Open;
        var active = cluster.Training.Stamped is { } stamped && _prepared >= stamped.Number ? stamped.Number : 0;
        return Says(new JobReport(
            _jobId, state, OpenError, DataSha256, PlayedTraining.TrainRows, cluster.Parameters, _prepared, active, DecidedVersion, _isClosed || IsIdle, 7, 0, 0)
        {
            RowSources = RowSources,
            CheckpointParts = cluster.Disk.PartsOf(address),
            Unreachable = Unreachable,
            UnreachableWhy = [.. Unreachable.Select(node => $"node {node} has been silent")],
            Serves = _prepared == 0 ? [] : [.. cluster.Training.ServedBy(address)],
            Keeps = _prepared == 0 ? [] : [.. cluster.Training.Stamped?.BackupsOf(address) ?? []],
        });
    }
}
