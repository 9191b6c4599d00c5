using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>How one node runs.</summary>
public sealed record NodeOptions
{
    /// <summary>Host name or address that other nodes reach this one by.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Akka.Remote's port; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>coordinator, server, worker, any mix.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["coordinator", "server", "worker"];

    /// <summary>Compute threads; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>False: a node of its own without cluster and sockets, for training in one process.</summary>
    public bool Clustered { get; init; } = true;

    /// <summary>HOCON that comes before our own, e.g. the text of a configuration file.</summary>
    public string? Hocon { get; init; }

    /// <summary>What errors call that HOCON, e.g. its file's name.</summary>
    public string HoconName { get; init; } = "the configuration";

    /// <summary>For experiments: the node's network and speed can be interfered with, see <see cref="ClusterNode.Faults"/>.</summary>
    public bool CanInjectFaults { get; init; }

    /// <summary>For benchmarks: workers compute nothing, so that steps consist of the exchange alone. The weights mean nothing.</summary>
    public bool ExchangeOnly
    {
        init => Opener = value ? JobOpenedHere.OpenForExchange : Opener;
    }

    /// <summary>Makes a job ready on this node. Another one gives tests their own data, batches and initial weights.</summary>
    internal Func<OpenJob, JobOpenedHere> Opener { get; init; } = JobOpenedHere.Open;
}
