namespace DistributedTrainer.Coordination;

/// <summary>Somebody in the cluster has noticed something about a node: a link to it failed, the coordinator told of it.</summary>
/// <param name="At">Since the training began.</param>
/// <param name="Node">About whom: node-2; empty for the cluster as a whole.</param>
/// <param name="Kind">link-failed, or the kind of a run's event: node-lost, node-left, node-joined, shards-moved…</param>
public sealed record Sighting(TimeSpan At, string Node, string Kind);
