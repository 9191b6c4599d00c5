using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>One running node: the actor system with its node actor and, where the role says so, a coordinator.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>Starts the actor system; with <see cref="NodeOptions.Clustered"/> it listens, but joins nobody yet.</summary>
    /// <exception cref="NodeStartException">The port is in use, or the configuration is wrong.</exception>
    public static Task<ClusterNode> StartAsync(NodeOptions options) => throw new NotImplementedException();

    /// <summary>host:port that others may use as a seed.</summary>
    public string Address => throw new NotImplementedException();

    /// <summary>Joins the cluster of these seeds (host:port); its own address alone starts a cluster. Bounded by <paramref name="timeout"/>.</summary>
    /// <exception cref="NodeStartException">No seed answered, or the cluster refused this node (another build).</exception>
    public Task JoinAsync(IReadOnlyList<string> seeds, TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Completes when the node has shut down: the reason, and the exit code that a process should end with.</summary>
    public Task<(string Reason, int ExitCode)> Stopped => throw new NotImplementedException();

    /// <summary>Every event of every job, on the node that hosts the coordinator.</summary>
    public event Action<JobEvent>? JobEvents { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Hands a job to the coordinator. Repeating it with the same id is one job.</summary>
    public void Submit(JobSubmission submission) => throw new NotImplementedException();

    /// <summary>Stops a job at a step ahead of all nodes; its result then has state "stopped".</summary>
    /// <param name="exitCode">130 for a signal, 0 for a cancel.</param>
    public void Cancel(string jobId, string reason, int exitCode) => throw new NotImplementedException();

    /// <summary>What the cluster does now; for <c>dtrain status</c>.</summary>
    public Task<ClusterStatus> StatusAsync(TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Hands shards and ranges over, leaves the cluster, stops. Bounded by <paramref name="timeout"/>.</summary>
    public Task LeaveAsync(TimeSpan timeout) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>The node cannot start or may not join.</summary>
/// <param name="exitCode">3: port in use, silent seed, other build; 2: the configuration is wrong.</param>
public sealed class NodeStartException(string message, int exitCode = 3, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
