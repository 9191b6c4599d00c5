namespace DistributedTrainer.Coordination;

/// <summary>Who an event is done to: a pure function of the seed, the event and who does what at that moment.</summary>
internal static class VictimChoice
{
    /// <summary>Draws a victim among the nodes that fit.</summary>
    /// <param name="isAway">Nodes that are frozen, or on their way back.</param>
    /// <param name="ordinal">The event's number.</param>
    /// <returns>The node's name; or null and why nobody fits.</returns>
    public static (string? Node, string Reason) Choose(Victim victim, ClusterView view, Func<string, bool> isAway, Chance chance, int ordinal)
    {
        var up = view.Nodes.Where(node => node.IsUp && !isAway(node.Name)).OrderBy(node => NodeName.NumberOf(node.Name)).ToList();
        if (victim.Kind == VictimKind.Named)
        {
            if (up.Exists(node => node.Name == victim.Node))
                return (victim.Node, "");
            return (null, view.Find(victim.Node) is null ? $"{victim.Node} was never there" : $"{victim.Node} is not up");
        }

        var fit = up.FindAll(node => victim.Kind switch
        {
            VictimKind.Worker => !node.HostsRange && !node.HostsCoordinator,
            VictimKind.Server => node.HostsRange,
            VictimKind.Coordinator => node.HostsCoordinator,
            _ => true,
        });
        return fit.Count > 0 ? (fit[chance.Of(fit.Count, ChanceUse.Victim, ordinal)].Name, "") : (null, victim.Kind switch
        {
            VictimKind.Worker => "no node that is up hosts neither a range nor the coordinator",
            VictimKind.Server => "no node that is up is known to host a range",
            VictimKind.Coordinator => "no node that is up is known to host the coordinator",
            _ => "no node is up",
        });
    }
}
