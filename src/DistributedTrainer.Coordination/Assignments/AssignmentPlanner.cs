namespace DistributedTrainer.Coordination;

/// <summary>A node as the planner sees it.</summary>
/// <param name="Address">Its address, which is its identity.</param>
/// <param name="IsWorker">May compute shards.</param>
/// <param name="IsServer">May own a range.</param>
public sealed record PlannedNode(string Address, bool IsWorker, bool IsServer);

/// <summary>Decides who does what: a pure function of the nodes, the shards and what stood before.</summary>
public static class AssignmentPlanner
{
    /// <summary>
    /// Every worker gets one run of shards, runs as even as possible, so that it owns whole subtrees and sends few vectors. Ranges stay
    /// where they are while their node serves; others go to the servers that own fewest, first in order of joining.
    /// </summary>
    /// <param name="nodes">In order of joining.</param>
    /// <param name="shards">The job's shards.</param>
    /// <param name="ranges">Number of server ranges.</param>
    /// <param name="term">The coordinator's term.</param>
    /// <param name="previous">The assignment in force, if any.</param>
    /// <returns>The assignment and the reason; null with the reason where no assignment is possible.</returns>
    public static (Assignment? Assignment, string Reason) Plan(
        IReadOnlyList<PlannedNode> nodes, int shards, int ranges, long term, Assignment? previous)
    {
        var workers = nodes.Where(node => node.IsWorker).Select(node => node.Address).ToList();
        var servers = nodes.Where(node => node.IsServer).Select(node => node.Address).ToList();
        if (workers.Count == 0)
            return (null, "no node with the role worker is ready");
        if (servers.Count == 0)
            return (null, "no node with the role server is ready");
        var byShard = SpreadShards(workers, shards);
        var byRange = PlaceRanges(servers, ranges, previous);
        var number = (previous?.Number ?? 0) + 1;
        return (
            new Assignment(term, number, byShard, byRange),
            $"{shards} shards on {Math.Min(workers.Count, shards)} of {workers.Count} workers, {ranges} ranges on {byRange.Distinct().Count()} of {servers.Count} servers");
    }

    private static string[] SpreadShards(List<string> workers, int shards)
    {
        var owners = new string[shards];
        var used = Math.Min(workers.Count, shards);
        for (var worker = 0; worker < used; worker++)
        {
            var first = (int)((long)worker * shards / used);
            var end = (int)((long)(worker + 1) * shards / used);
            Array.Fill(owners, workers[worker], first, end - first);
        }

        return owners;
    }

    private static string[] PlaceRanges(List<string> servers, int ranges, Assignment? previous)
    {
        var owners = new string?[ranges];
        var load = servers.ToDictionary(server => server, _ => 0);
        for (var range = 0; range < ranges; range++)
        {
            if (previous?.Primaries[range] is { } owner && load.ContainsKey(owner))
            {
                owners[range] = owner;
                load[owner]++;
            }
        }

        for (var range = 0; range < ranges; range++)
        {
            if (owners[range] is not null)
                continue;
            var server = servers.MinBy(candidate => load[candidate])!;
            owners[range] = server;
            load[server]++;
        }

        return owners!;
    }
}
