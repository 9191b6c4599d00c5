namespace DistributedTrainer.Coordination;

/// <summary>A node as the planner sees it.</summary>
/// <param name="Address">Its address, which is its identity.</param>
/// <param name="IsWorker">May compute shards.</param>
/// <param name="IsServer">May own a range.</param>
public sealed record PlannedNode(string Address, bool IsWorker, bool IsServer)
{
    /// <summary>Its share of the shards beside that of a node of full speed.</summary>
    public const int FullWeight = 16;

    public int Weight { get; init; } = FullWeight;

    /// <summary>Ranges that it serves as their primary, by its own word: those it took over are among them.</summary>
    public IReadOnlyList<int> Serves { get; init; } = [];

    /// <summary>The newest assignment that it is ready for; 0 for a process that has just begun, whatever the one before it at its address had.</summary>
    public int Prepared { get; init; }

    /// <summary>The first assignment that it got ready for. It is another process than the one that had a part in those before.</summary>
    public int Since { get; init; }

    /// <summary>Ranges whose state it had, and has no more.</summary>
    public IReadOnlyList<int> GivenUp { get; init; } = [];

    /// <summary>It has followed no assignment yet: so it can take nothing over.</summary>
    public bool HasNotBegun { get; init; }

    /// <summary>It was lost since the newest assignment was made, and is back: others that got ready for it may miss it.</summary>
    public bool WasLost { get; init; }

    /// <summary>Ranges whose backup it has and may take over.</summary>
    public IReadOnlyList<int> Keeps { get; init; } = [];
}

/// <summary>Decides who does what: a pure function of the nodes, the shards and what stood before.</summary>
public static class AssignmentPlanner
{
    /// <summary>
    /// Every worker gets one run of shards, runs as even as their weights, so that it owns whole subtrees and sends few vectors. A range
    /// stays where its state is: with the node that serves it, else with its backup; others go to the servers that own fewest, first in
    /// order of joining. A backup stays where it is too, and is never on the primary's node; a new one is not placed so that two nodes keep
    /// each other's ranges, where a third could.
    /// </summary>
    /// <param name="nodes">In order of joining.</param>
    /// <param name="shards">The job's shards.</param>
    /// <param name="ranges">Number of server ranges.</param>
    /// <param name="term">The coordinator's term.</param>
    /// <param name="previous">The assignment in force, if any.</param>
    /// <param name="replicas">Backups wanted of each range: 0 or 1.</param>
    /// <returns>The assignment and the reason; null with the reason where no assignment is possible.</returns>
    public static (Assignment? Assignment, string Reason) Plan(
        IReadOnlyList<PlannedNode> nodes, int shards, int ranges, long term, Assignment? previous, int replicas = 0)
    {
        var workers = nodes.Where(node => node.IsWorker).ToList();
        var servers = nodes.Where(node => node.IsServer).ToList();
        if (workers.Count == 0)
            return (null, "no node with the role worker is ready");
        if (servers.Count == 0)
            return (null, "no node with the role server is ready");
        var byShard = SpreadShards(workers, shards);
        var load = servers.ToDictionary(server => server.Address, _ => 0);
        var byRange = PlaceRanges(servers, load, ranges, previous);
        var backups = replicas > 0 && servers.Count > 1 ? PlaceBackups(servers, load, byRange, previous) : [];
        var number = (previous?.Number ?? 0) + 1;
        var kept = backups.Length > 0 ? ", each with a backup" : "";
        return (
            new Assignment(term, number, byShard, byRange) { Backups = backups },
            $"{shards} shards on {Math.Min(workers.Count, shards)} of {workers.Count} workers, {ranges} ranges on {byRange.Distinct().Count()} of {servers.Count} servers{kept}");
    }

    /// <summary>
    /// The ranges whose state is nowhere: not with a node that serves it, nor with one that keeps its backup, nor with one that is about
    /// to hand it over, or that keeps its backup until it leaves. Another process at a primary's address has nothing of it. Before an
    /// assignment is in force only the first one's primaries make a range from the seed; backups take over from the first version on.
    /// </summary>
    /// <param name="nodes">Nodes that take part.</param>
    /// <param name="leaving">Nodes that are about to leave politely.</param>
    /// <param name="previous">The newest assignment made.</param>
    /// <param name="inForce">The assignment that steps run under; null before the first.</param>
    public static IReadOnlyList<int> LostRanges(
        IReadOnlyList<PlannedNode> nodes, IReadOnlyCollection<PlannedNode> leaving, Assignment previous, Assignment? inForce)
    {
        var primaries = (inForce ?? previous).Primaries;
        return [.. Enumerable.Range(0, primaries.Count).Where(range => !HasState(range))];

        bool HasState(int range) =>
            nodes.Any(node => node.Serves.Contains(range)
                // One that never heard of the first assignment waits for a state that nobody has.
                || (inForce is null
                    ? node.Address == primaries[range] && previous.Number == 1 && !node.WasLost
                    : (node.Address == primaries[range] && node.Prepared >= inForce.Number && node.Since <= inForce.Number && !node.GivenUp.Contains(range)) || (node.Keeps.Contains(range) && !node.HasNotBegun)))
            || leaving.Any(node => (node.Address == primaries[range] && !node.GivenUp.Contains(range)) || WillHandOver(node, range));

        // Whoever has no part in the assignment in force is told of no other one, and sends nothing to its nodes.
        bool WillHandOver(PlannedNode node, int range) =>
            inForce is not null && inForce.Has(node.Address) && (node.Serves.Contains(range) || (node.Keeps.Contains(range) && !node.HasNotBegun));
    }

    private static string[] SpreadShards(List<PlannedNode> workers, int shards)
    {
        var owners = new string[shards];
        var used = Math.Min(workers.Count, shards);
        long total = workers.Take(used).Sum(worker => worker.Weight);
        var (first, weights) = (0, 0L);
        for (var worker = 0; worker < used; worker++)
        {
            weights += workers[worker].Weight;
            // At least one shard each: a slow node that has none could not show that it is fast again.
            var end = Math.Clamp((int)(weights * shards / total), first + 1, shards - (used - 1 - worker));
            Array.Fill(owners, workers[worker].Address, first, end - first);
            first = end;
        }

        return owners;
    }

    private static string[] PlaceRanges(List<PlannedNode> servers, Dictionary<string, int> load, int ranges, Assignment? previous)
    {
        var owners = new string?[ranges];
        for (var range = 0; range < ranges; range++)
        {
            owners[range] = Holder(range);
            if (owners[range] is { } owner)
                load[owner]++;
        }

        for (var range = 0; range < ranges; range++)
        {
            if (owners[range] is not null)
                continue;
            var server = servers.MinBy(candidate => load[candidate.Address])!.Address;
            owners[range] = server;
            load[server]++;
        }

        return owners!;

        string? Holder(int range)
        {
            if (previous is null)
                return null;
            return servers.Find(server => server.Serves.Contains(range))?.Address
                ?? servers.Find(server => server.Address == previous.Primaries[range])?.Address
                ?? servers.Find(server => server.Keeps.Contains(range))?.Address
                ?? servers.Find(server => server.Address == previous.BackupOf(range))?.Address;
        }
    }

    private static string[] PlaceBackups(List<PlannedNode> servers, Dictionary<string, int> load, string[] primaries, Assignment? previous)
    {
        var backups = new string[primaries.Length];
        for (var range = 0; range < primaries.Length; range++)
        {
            var others = servers.Where(server => server.Address != primaries[range]).ToList();
            var kept = others.Find(server => server.Address == previous?.BackupOf(range)) ?? others.Find(server => server.Keeps.Contains(range));
            // Two that keep each other's ranges and lose each other take over from each other, and neither has everything.
            var better = others.FindAll(server => !KeepEachOther(range, server.Address));
            backups[range] = (kept ?? (better.Count > 0 ? better : others).MinBy(server => load[server.Address])!).Address;
            load[backups[range]]++;
        }

        return backups;

        bool KeepEachOther(int range, string server)
        {
            for (var before = 0; before < range; before++)
            {
                if (primaries[before] == server && backups[before] == primaries[range])
                    return true;
            }

            return false;
        }
    }
}
