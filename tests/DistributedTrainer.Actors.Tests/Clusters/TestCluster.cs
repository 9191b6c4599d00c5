using System.Collections.Concurrent;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A cluster of nodes in this process, connected by real sockets on free ports.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>
    /// Membership follows within milliseconds rather than half a second: how often nodes act, never how long they wait for each other.
    /// </summary>
    private const string Hocon =
        """
        akka.scheduler.tick-duration = 10ms
        akka.cluster {
          gossip-interval = 50ms
          leader-actions-interval = 50ms
          unreachable-nodes-reaper-interval = 50ms
          periodic-tasks-initial-delay = 10ms
          singleton.hand-over-retry-interval = 50ms
          singleton-proxy.singleton-identification-interval = 50ms
          failure-detector.implementation-class = "DistributedTrainer.Actors.Tests.KilledNodes, DistributedTrainer.Actors.Tests"
        }

        """;

    private readonly List<ClusterNode> _nodes = [];
    private readonly ConcurrentQueue<JobEvent> _events = new();
    private readonly TemporaryFolder _models = new();
    private readonly Lock _hearing = new();
    private readonly List<(Func<JobEvent, bool> Expected, TaskCompletionSource<JobEvent> Heard)> _waiting = [];

    private TestCluster()
    {
    }

    /// <summary>In order of joining; the first hosts the coordinator until it leaves.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>Everything heard so far.</summary>
    public IEnumerable<JobEvent> Events => _events;

    public static async Task<TestCluster> Start(int nodes, NodeOptions? options = null)
    {
        var cluster = new TestCluster();
        for (var index = 0; index < nodes; index++)
            await cluster.Add(options);
        return cluster;
    }

    /// <summary>Starts a node and has it join.</summary>
    public async Task<ClusterNode> Add(NodeOptions? options = null)
    {
        options ??= new NodeOptions();
        var node = await ClusterNode.StartAsync(options with { Threads = 1, Hocon = Hocon + options.Hocon });
        KilledNodes.Remove(node.Address);
        _nodes.Add(node);
        node.JobEvents += Hear;
        await node.JoinAsync([_nodes.First(member => !member.Stopped.IsCompleted).Address], Wait.Bound);
        return node;
    }

    public string ModelFolder(string id) => Path.Combine(_models.Path, id);

    /// <summary>Submits to the first node; starts once all nodes are ready.</summary>
    /// <param name="checkpoints">The folder of its checkpoints; null for none.</param>
    public void Submit(Job job, string id = "job", int servers = 0, int replicas = 0, string? checkpoints = null, bool resume = false) =>
        _nodes[0].Submit(new JobSubmission(id, JobFile.Format(job), _nodes.Count, servers, replicas, ModelFolder(id)) { CheckpointFolder = checkpoints, Resume = resume });

    public async Task<JobResult> Train(Job job, string id = "job", int servers = 0, int replicas = 0)
    {
        Submit(job, id, servers, replicas);
        return await Result(id);
    }

    /// <summary>A node ends as a killed process does; another one is told so, as a launcher tells.</summary>
    public async Task Kill(ClusterNode node)
    {
        await KillUntold(node);
        _nodes.First(member => member != node && !member.Stopped.IsCompleted).Down(node.Address);
    }

    /// <summary>A node ends as a killed process does, and the others find out by themselves.</summary>
    public async Task KillUntold(ClusterNode node)
    {
        await node.Kill(_nodes.Select(member => member.Address).Where(other => other != node.Address));
        KilledNodes.Add(node.Address);
    }

    /// <summary>The node that the running job's status describes so.</summary>
    public async Task<ClusterNode> Find(Func<NodeState, bool> isIt)
    {
        var status = await Survivor.StatusAsync(Wait.Bound);
        var found = status.Nodes.First(isIt);
        return _nodes.First(node => node.Address == found.Address);
    }

    /// <summary>The first node that is still there.</summary>
    public ClusterNode Survivor => _nodes.First(node => !node.Stopped.IsCompleted);

    public async Task<JobResult> Result(string id = "job") => (await Hears<JobFinished>(end => end.JobId == id, $"the end of {id}")).Result;

    /// <summary>The first event, of those heard already or of those to come, that is as expected.</summary>
    public async Task<TEvent> Hears<TEvent>(Func<TEvent, bool> expected, string what)
        where TEvent : JobEvent
    {
        Task<JobEvent> heard;
        lock (_hearing)
        {
            if (_events.OfType<TEvent>().FirstOrDefault(expected) is { } past)
                return past;
            var source = new TaskCompletionSource<JobEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((jobEvent => jobEvent is TEvent match && expected(match), source));
            heard = source.Task;
        }

        try
        {
            return (TEvent)await heard.WaitAsync(Wait.Bound);
        }
        catch (TimeoutException)
        {
            var status = await Describe();
            throw new TimeoutException($"Waited {Wait.Bound.TotalSeconds:0} s for {what}. Heard: {string.Join("; ", _events.TakeLast(5))}. Status: {status}");
        }
    }

    /// <summary>The job has come further than it is now by some steps.</summary>
    public async Task Goes(int steps, string id = "job")
    {
        var now = _events.OfType<StepProgress>().Where(progress => progress.JobId == id).Select(progress => progress.Step).DefaultIfEmpty(0).Max();
        await Hears<StepProgress>(progress => progress.JobId == id && progress.Step >= now + steps, $"step {now + steps} of {id}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        foreach (var node in _nodes)
            KilledNodes.Remove(node.Address);
        _models.Dispose();
    }

    private void Hear(JobEvent jobEvent)
    {
        lock (_hearing)
        {
            _events.Enqueue(jobEvent);
            foreach (var (expected, heard) in _waiting)
            {
                if (expected(jobEvent))
                    heard.TrySetResult(jobEvent);
            }
        }
    }

    private async Task<string> Describe()
    {
        try
        {
            var status = await _nodes.First(node => !node.Stopped.IsCompleted).StatusAsync(TimeSpan.FromSeconds(5));
            return $"{string.Join(", ", status.Jobs)}, {string.Join(", ", status.Nodes.Select(node => $"{node.Address} {node.State}"))}";
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
    }
}
