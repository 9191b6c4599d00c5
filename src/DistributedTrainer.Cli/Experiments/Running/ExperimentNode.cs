using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>A node of an experiment by its name, through all the processes that bear it one after the other.</summary>
internal sealed class ExperimentNode(string name)
{
    public string Name => name;

    /// <summary>The newest process.</summary>
    public NodeProcess? Process { get; set; }

    /// <summary>Which process that is, counted over all nodes.</summary>
    public int Number { get; set; }

    /// <summary>host:port of the newest process; null until it listens.</summary>
    public string? Address { get; set; }

    /// <summary>The coordinator counts the newest process.</summary>
    public bool HasJoined { get; set; }

    public bool HostsRange { get; set; }

    public bool HostsCoordinator { get; set; }

    public NodeFaults Faults { get; set; } = NodeFaults.None;

    public bool IsRunning => Process is { Exited.IsCompleted: false };

    public ViewedNode View => new(name, IsRunning && HasJoined, HostsRange && IsRunning, HostsCoordinator && IsRunning);
}
