namespace DistributedTrainer.Coordination;

/// <summary>A cluster, as one of its members sees it.</summary>
/// <param name="Voters">Its nodes with the role coordinator.</param>
/// <param name="HasFirstSeed">The first of the seeds is one of its nodes.</param>
public readonly record struct Side(int Voters, bool HasFirstSeed);

/// <summary>
/// Decides when two clusters of the same seeds have found each other: which of them ends, node by node, so that supervisors start its nodes
/// again and they join the other. It happens when the first seed starts again while the others are out of reach, and so begins a cluster of
/// its own; when both sides of a partition have gone on; and when the last coordinator's node is lost and the others are left without one.
/// </summary>
public static class Islands
{
    /// <summary>For a node of <paramref name="ours"/>. Of the two sides exactly one yields, or, where neither holds the first seed, none.</summary>
    public static (bool Yield, string Reason) Decide(Side ours, Side theirs)
    {
        if (ours.Voters != theirs.Voters)
            return (ours.Voters < theirs.Voters, $"this side has {ours.Voters} nodes with the role coordinator, that one {theirs.Voters}");
        return (ours.HasFirstSeed && !theirs.HasFirstSeed, "both sides have as many nodes with the role coordinator, and only a first seed begins a cluster by itself");
    }
}
