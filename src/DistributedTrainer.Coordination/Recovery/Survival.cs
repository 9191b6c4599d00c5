namespace DistributedTrainer.Coordination;

/// <summary>Which side of a partition goes on; <c>dtrain.survive</c>.</summary>
public enum SurvivePolicy
{
    /// <summary>The majority where there are three voters or more, else each side.</summary>
    Auto,

    /// <summary>The side with more voters; of equally large ones that with the lowest address.</summary>
    Majority,

    /// <summary>Each side goes on by itself. It costs work, never bits.</summary>
    Any,
}

/// <summary>A member of the cluster as a node sees it.</summary>
/// <param name="IsVoter">It has the role coordinator.</param>
public readonly record struct Voter(string Address, bool IsVoter, bool IsReachable);

public enum SurvivalVerdict
{
    /// <summary>Everybody can be reached.</summary>
    AllThere,

    /// <summary>This side goes on without those that cannot be reached.</summary>
    GoOn,

    /// <summary>The other side goes on, if any does: this node ends and is started afresh.</summary>
    Yield,
}

/// <summary>Decides at a partition, on each node for itself, from what it sees.</summary>
public static class Survival
{
    /// <summary>From so many voters on a majority says something: of two, one alone is none.</summary>
    public const int FewestForMajority = 3;

    public static (SurvivalVerdict Verdict, string Reason) Decide(SurvivePolicy policy, IReadOnlyCollection<Voter> members)
    {
        if (members.All(member => member.IsReachable))
            return (SurvivalVerdict.AllThere, "all members can be reached");
        var voters = members.Where(member => member.IsVoter).ToList();
        var here = voters.Count(voter => voter.IsReachable);
        if (policy == SurvivePolicy.Any || (policy == SurvivePolicy.Auto && voters.Count < FewestForMajority))
            return (SurvivalVerdict.GoOn, $"{here} of {voters.Count} voters are on this side; each side goes on");
        var lowest = voters.Select(voter => voter.Address).Min(StringComparer.Ordinal);
        var isLarger = 2 * here > voters.Count || (2 * here == voters.Count && voters.Any(voter => voter.IsReachable && voter.Address == lowest));
        return isLarger
            ? (SurvivalVerdict.GoOn, $"{here} of {voters.Count} voters are on this side, the one that goes on")
            : (SurvivalVerdict.Yield, $"only {here} of {voters.Count} voters are on this side; the other one goes on");
    }

    /// <summary>What a cluster of so many voters survives and what it does not, in words; for its start.</summary>
    public static string Limits(SurvivePolicy policy, int voters)
    {
        var who = voters == 1 ? "this cluster has 1 node with the role coordinator" : $"this cluster has {voters} nodes with the role coordinator";
        return policy == SurvivePolicy.Any || (policy == SurvivePolicy.Auto && voters < FewestForMajority)
            ? $"{who}: it survives the loss of all but one of them; parts that lose sight of each other go on apart, to the same weights"
            : $"{who}: it survives the loss of {(voters - 1) / 2} of them at once; if more are lost at once, the rest waits for a supervisor to start it again";
    }
}
