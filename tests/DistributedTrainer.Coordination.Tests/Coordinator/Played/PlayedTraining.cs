namespace DistributedTrainer.Coordination.Tests;

/// <summary>
/// The data plane of a played cluster, which loses nothing: one version for all ranges, stamped with assignments by the node that
/// leads, held at each boundary until every node of the assignment has the decision.
/// </summary>
internal sealed class PlayedTraining(PlayedCluster cluster)
{
    public const int TrainRows = 40;

    private readonly Dictionary<int, Assignment> _prepared = [];
    private readonly Dictionary<string, HashSet<string>> _sending = [];
    private Job _job = SmallJobs.Linear;
    private RunPlan _plan = new(SmallJobs.Linear, TrainRows);
    private string? _jobId;
    private int _next;
    private bool _stopNext;
    private bool _isStopped;
    private long _final = -1;

    public long Version { get; private set; }

    /// <summary>The assignment that steps run under; null before the first.</summary>
    public Assignment? Stamped { get; private set; }

    /// <summary>Every assignment that was stamped, with the version it was stamped on.</summary>
    public List<(long Version, Assignment Assignment)> History { get; } = [];

    /// <summary>Overrides the train loss by version.</summary>
    public Func<long, double> Loss { get; set; } = version => 1.0 / version;

    private bool IsBoundary => Version == _final || _plan.IsBoundary(Version);

    /// <summary>Ranges whose primary a node is: its own, and those of which it kept the backup when their primary was lost.</summary>
    public IEnumerable<int> ServedBy(string node) => Stamped is null
        ? []
        : Enumerable.Range(0, Stamped.Primaries.Count).Where(range => ServerOf(Stamped, range) == node);

    public void Begin(string jobId, string jobText, long version = 0)
    {
        if (jobId == _jobId)
            return;
        _jobId = jobId;
        _job = JobFile.Parse(jobText, "played job");
        _plan = new RunPlan(_job, TrainRows);
        _prepared.Clear();
        _sending.Clear();
        (Version, Stamped, _next, _stopNext, _isStopped, _final) = (version, null, 0, false, false, -1);
        History.Clear();
        cluster.Disk.Begin(new CheckpointSchedule(_job.Checkpoint.Every, _plan, version));
    }

    public void Prepare(Assignment assignment) => _prepared.TryAdd(assignment.Number, assignment);

    public void Activate(string node, int number)
    {
        if (!_prepared.TryGetValue(number, out var assignment) || node != LeaderOf(Stamped ?? assignment))
            return;
        _next = Math.Max(_next, number);
        if (Stamped is null)
            Stamp();
    }

    public void StopSoon(string node) => _stopNext |= Stamped is not null && node == LeaderOf(Stamped);

    public void Decided(DecideEpoch decision) => _isStopped |= decision.Stop;

    public void Save(string node, SaveModel order)
    {
        if (!_sending.TryGetValue(order.Saver, out var sending))
            _sending[order.Saver] = sending = [];
        sending.Add(node);
        if (node == order.Saver && sending.IsSupersetOf(Enumerable.Range(0, Stamped!.Primaries.Count).Select(range => ServerOf(Stamped, range))))
            cluster.Tell("model saved", logic => logic.Handle(Saved(order), cluster.Now));
    }

    /// <summary>One step, if nothing holds it up; then the leading server's reports.</summary>
    public void Act()
    {
        if (Stamped is not { } stamped || cluster.Find(LeaderOf(stamped)) is not { IsSilent: false } leader)
            return;
        if (MayStep(stamped))
        {
            Version++;
            if (_stopNext && _final < 0)
                _final = Version;
            Stamp();
            cluster.Disk.Reached(Version, Version == _final, Stamped);
        }

        cluster.Tell("step report", logic => logic.Handle(
            new StepReport(_jobId!, Version, _plan.EpochOf(Version), Loss(Version) * 10, 10, Version * 10, Stamped.Number, "shard 0"), cluster.Now));
        if (IsBoundary && leader.DecidedVersion < Version)
            cluster.Tell("epoch report", logic => logic.Handle(EpochEnd(leader.Address), cluster.Now));
    }

    /// <summary>The shards of nodes that are gone are computed by others.</summary>
    private bool MayStep(Assignment stamped) => !_isStopped && HasAllServers(stamped) && stamped.Nodes.All(address =>
        cluster.Find(address) is not { } node || (!node.IsSilent && (!IsBoundary || node.DecidedVersion >= Version)));

    private bool HasAllServers(Assignment stamped) =>
        Enumerable.Range(0, stamped.Primaries.Count).All(range => cluster.Find(ServerOf(stamped, range)) is not null);

    private void Stamp()
    {
        if (_next <= (Stamped?.Number ?? 0))
            return;
        Stamped = _prepared[_next];
        History.Add((Version, Stamped));
    }

    private string LeaderOf(Assignment assignment) => ServerOf(assignment, 0);

    private string ServerOf(Assignment assignment, int range) =>
        cluster.Find(assignment.Primaries[range]) is null or { IsSilent: true } && assignment.BackupOf(range) is { } backup ? backup : assignment.Primaries[range];

    private EpochReport EpochEnd(string node) => new(
        _jobId!, node, _plan.EpochOf(Version), Version, Loss(Version), TrainRows, 0, false, 0, [], [], Version == _final || Version == _plan.TotalSteps, Stamped!.Number);

    private ModelSaved Saved(SaveModel order) =>
        new(_jobId!, $"weights of version {order.Version}", order.ModelFolder ?? "", false, 0, [], [], "");
}
