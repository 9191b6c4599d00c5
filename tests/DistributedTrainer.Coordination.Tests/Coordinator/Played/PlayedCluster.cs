namespace DistributedTrainer.Coordination.Tests;

/// <summary>
/// A cluster played in one thread on a clock of its own: the real <see cref="CoordinatorLogic"/> and nodes that follow the protocol.
/// Any message of the control plane may be lost, and the coordinator may move.
/// </summary>
internal sealed class PlayedCluster
{
    public const string Build = "b001";
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(string Name, Action Deliver)> _inFlight = new();
    private readonly Dictionary<string, PlayedNode> _nodes = [];

    public PlayedCluster(int nodes = 3)
    {
        Training = new PlayedTraining(this);
        Disk = new PlayedDisk(this);
        for (var index = 0; index < nodes; index++)
            Add($"n{index}");
        Logic = NewLogic("n0");
    }

    public CoordinatorLogic Logic { get; private set; }

    public PlayedTraining Training { get; }

    public PlayedDisk Disk { get; }

    public TimeSpan Now { get; private set; }

    public CoordinatorTimeouts Timeouts { get; } = new();

    /// <summary>Of the model: fewer than two blocks make one range of any number of servers.</summary>
    public int Parameters { get; init; } = 10;

    /// <summary>Whether a message is lost, by its number and by what it is.</summary>
    public Func<int, string, bool> Loses { get; set; } = (_, _) => false;

    /// <summary>Messages sent on the control plane so far.</summary>
    public int Sent { get; private set; }

    public List<JobEvent> Events { get; } = [];

    public List<(string Node, IControlMessage Message)> Commands { get; } = [];

    public IEnumerable<PlayedNode> Nodes => _nodes.Values;

    public JobResult? Result(string jobId = "j1") => Events.OfType<JobFinished>().FirstOrDefault(end => end.JobId == jobId)?.Result;

    public IEnumerable<RunEvent> Changes(string kind) => Events.OfType<ClusterChanged>().Select(change => change.Change).Where(change => change.Kind == kind);

    public PlayedNode Node(string address) => _nodes[address];

    public PlayedNode? Find(string address) => _nodes.GetValueOrDefault(address);

    public PlayedNode Add(string address) => _nodes[address] = new PlayedNode(address, this);

    public void Submit(SubmitJob job) => Assert.Equal("", Logic.Submit(job, Now) is { Accepted: true } ? "" : "refused");

    /// <summary>A node is gone, and the coordinator has not been told yet.</summary>
    public void Vanish(string address) => _nodes.Remove(address);

    /// <summary>One that had vanished was only cut off.</summary>
    public void Return(PlayedNode node) => _nodes[node.Address] = node;

    /// <summary>A node leaves the cluster's membership.</summary>
    public void Remove(string address, bool politely)
    {
        Vanish(address);
        Logic.HandleGone(address, politely, Now);
    }

    /// <summary>Another node's coordinator takes over, from the longest book that nodes keep. What was on its way is lost.</summary>
    /// <param name="to">The node that hosts it.</param>
    /// <param name="members">The cluster's members, where they are known to be fewer already.</param>
    public void MoveCoordinator(string to, IReadOnlySet<string>? members = null)
    {
        _inFlight.Clear();
        Logic = NewLogic(to);
        var longest = _nodes.Values.MaxBy(node => node.Book.Count)!;
        var reports = _nodes.Values.Where(node => node.Refusal is null).Select(node => node.Report()).ToList();
        Logic.Recover(longest.Book, reports, Now);
        if (members is not null)
            Logic.HandleMembers(members, Now);

        foreach (var report in reports)
            Logic.Handle(report, Now);
    }

    /// <summary>A message to the coordinator.</summary>
    public void Tell(string name, Action<CoordinatorLogic> handle) => Send(name, () => handle(Logic));

    /// <summary>Plays until the condition holds.</summary>
    public void Until(Func<bool> condition, string what, double boundSeconds = 60)
    {
        for (var end = Now + TimeSpan.FromSeconds(boundSeconds); !condition(); Step())
            Assert.True(Now < end, $"{what}: not within {boundSeconds} s. {Describe()}");
    }

    /// <summary>Plays a job to its end.</summary>
    public JobResult ToEnd(string jobId = "j1", double boundSeconds = 60)
    {
        Until(() => Result(jobId) is not null, "the end of the job", boundSeconds);
        return Result(jobId)!;
    }

    public void For(double seconds)
    {
        for (var end = Now + TimeSpan.FromSeconds(seconds); Now < end;)
            Step();
    }

    public void Step()
    {
        Now += Round;
        foreach (var node in _nodes.Values)
            node.Act(Now);
        Training.Act();
        Logic.Tick(Now);
        Deliver();
    }

    private string Describe() =>
        $"Result: {Result()?.StopReason}; version {Training.Version}, assignment {Training.Stamped?.Number}; term {Logic.Term}, book of {Logic.BookLength}; "
        + $"jobs: {string.Join(", ", Logic.Status().Jobs)}; last commands: {string.Join("; ", Commands.TakeLast(6))}; "
        + $"nodes: {string.Join("; ", _nodes.Values.Select(node => node.Report()))}";

    private CoordinatorLogic NewLogic(string self) => new(self, Build, Timeouts);

    private void Send(string name, Action deliver)
    {
        if (!Loses(Sent++, name))
            _inFlight.Enqueue((name, deliver));
    }

    private void Deliver()
    {
        Decide();
        while (_inFlight.TryDequeue(out var message))
        {
            message.Deliver();
            Decide();
        }
    }

    private void Decide()
    {
        foreach (var decision in Logic.Drain())
        {
            if (decision is TellFollowers { Event: var jobEvent })
                Events.Add(jobEvent);
            if (decision is not TellNode { Node: var address, Message: var message })
                continue;
            Commands.Add((address, message));
            Send($"{message.GetType().Name} to {address}", () => Find(address)?.Handle((ICoordinatorMessage)message, Now));
        }
    }
}
