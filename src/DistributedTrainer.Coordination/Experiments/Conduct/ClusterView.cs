namespace DistributedTrainer.Coordination;

/// <summary>A cluster as whoever experiments with it sees it.</summary>
/// <param name="Nodes">Every node that was ever started, once.</param>
public sealed record ClusterView(IReadOnlyList<ViewedNode> Nodes)
{
    public ViewedNode? Find(string name) => Nodes.FirstOrDefault(node => node.Name == name);
}

/// <param name="Name">node-1, node-2…</param>
/// <param name="IsUp">Its process runs and has joined the cluster.</param>
/// <param name="HostsRange">It is the primary of a server range.</param>
/// <param name="HostsCoordinator">The coordinator runs there.</param>
public sealed record ViewedNode(string Name, bool IsUp, bool HostsRange, bool HostsCoordinator);
