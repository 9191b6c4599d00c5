namespace DistributedTrainer.Coordination;

/// <summary><c>dtrain status</c>.</summary>
public sealed record ClusterStatus(IReadOnlyList<JobStatus> Jobs, long Term, IReadOnlyList<NodeState> Nodes);

/// <param name="State">waiting, running, completed, stopped or failed.</param>
public sealed record JobStatus(string Id, string Name, string State, int Epoch, long Step, long Steps);

public sealed record NodeState(
    string Address, int Pid, string Host, IReadOnlyList<string> Roles, string State, IReadOnlyList<int> Shards, IReadOnlyList<int> Primaries,
    IReadOnlyList<int> Backups)
{
    /// <summary>Nodes that it fetches the job's rows from; empty where it has the data.</summary>
    public IReadOnlyList<string> RowSources { get; init; } = [];

    /// <summary>Bytes of rows fetched so far.</summary>
    public long RowBytes { get; init; }

    /// <summary>Shards times steps of the job that runs which the node has computed, by its last report.</summary>
    public long ShardSteps { get; init; }
}
