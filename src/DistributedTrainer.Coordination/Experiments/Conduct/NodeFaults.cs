namespace DistributedTrainer.Coordination;

/// <summary>What is wrong with a node's network and speed, as told to the node; nothing by default.</summary>
/// <param name="Cut">Nodes that it does not reach.</param>
/// <param name="Delays">By node, how much later everything to it arrives.</param>
/// <param name="Slowdown">Computing takes so many times as long.</param>
public sealed record NodeFaults(IReadOnlyList<string> Cut, IReadOnlyDictionary<string, TimeSpan> Delays, double Slowdown)
{
    public static NodeFaults None { get; } = new([], new Dictionary<string, TimeSpan>(), 1);

    /// <summary>What the partitions, delays and slow spells that last add up to for one node.</summary>
    /// <param name="active">Each with the node that it is done to, where it is one.</param>
    /// <param name="all">Names of all nodes.</param>
    internal static NodeFaults Of(string node, IEnumerable<(ScenarioEvent Event, string Victim)> active, IReadOnlyList<string> all)
    {
        var cut = new SortedSet<string>(StringComparer.Ordinal);
        var delays = new Dictionary<string, TimeSpan>();
        var slowdown = 1.0;
        foreach (var (fault, victim) in active)
        {
            switch (fault)
            {
                case PartitionEvent partition:
                    cut.UnionWith(all.Where(other => GroupOf(partition, other) != GroupOf(partition, node)));
                    break;
                case DelayEvent delay when delay.Nodes.Contains(node):
                    foreach (var other in delay.Nodes.Where(other => other != node))
                        delays[other] = delays.GetValueOrDefault(other) + delay.By;
                    break;
                case SlowEvent slow when victim == node:
                    slowdown *= slow.Factor;
                    break;
            }
        }

        return cut.Count == 0 && delays.Count == 0 && slowdown == 1 ? None : new NodeFaults([.. cut], delays, slowdown);
    }

    /// <summary>A node in no group has come since, and is with the first.</summary>
    private static int GroupOf(PartitionEvent partition, string node)
    {
        for (var group = 0; group < partition.Groups.Count; group++)
        {
            if (partition.Groups[group].Contains(node))
                return group;
        }

        return 0;
    }
}
