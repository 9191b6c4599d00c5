namespace DistributedTrainer.Coordination;

/// <summary>One node says that it cannot reach another.</summary>
public readonly record struct Accusation(string Accuser, string Accused, string Why = "");

/// <summary>
/// Which nodes are lost, of those that cannot reach each other. A failed link has two ends, and a node that is cut off accuses everybody:
/// so the most accused is lost first, of equals the one that accuses most, and what it said itself no longer counts.
/// </summary>
public static class Accusations
{
    /// <param name="accusations">All that stand.</param>
    /// <param name="self">The coordinator's node: where one word stands against another, that of the other end is not taken.</param>
    public static IReadOnlyList<string> Guilty(IEnumerable<Accusation> accusations, string self)
    {
        var left = accusations.Distinct().ToList();
        var guilty = new List<string>();
        while (left.Count > 0)
        {
            var worst = left.GroupBy(accusation => accusation.Accused)
                .OrderByDescending(group => group.Count())
                .ThenByDescending(group => left.Count(accusation => accusation.Accuser == group.Key))
                .ThenBy(group => group.Key == self)
                .ThenBy(group => group.Key, StringComparer.Ordinal)
                .First().Key;
            // The coordinator runs: one node that cannot reach its node is the one that is cut off.
            if (worst == self && left.Count(accusation => accusation.Accused == self) == 1)
                worst = left.First(accusation => accusation.Accused == self).Accuser;
            guilty.Add(worst);
            left.RemoveAll(accusation => accusation.Accuser == worst || accusation.Accused == worst);
        }

        return guilty;
    }
}
