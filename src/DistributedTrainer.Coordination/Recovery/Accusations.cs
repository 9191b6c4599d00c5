namespace DistributedTrainer.Coordination;

/// <summary>One node says that it cannot reach another.</summary>
public readonly record struct Accusation(string Accuser, string Accused, string Why = "");

/// <summary>
/// Which nodes are lost, of those that cannot reach each other. A failed link has two ends, and a node that is cut off accuses everybody:
/// so the most accused is lost first, of equals the one that accuses most, and what it said itself no longer counts.
/// </summary>
public static class Accusations
{
    /// <summary>
    /// Whether a word of the accused could change the verdict: one whom the coordinator's own node still reaches may have lost that one link
    /// only, and so may one that a third node still reaches; where the coordinator's node alone has lost several, it may be the one that slept;
    /// and one that has what is nowhere else is worth waiting for.
    /// </summary>
    /// <param name="accusations">All that stand.</param>
    /// <param name="self">The coordinator's node.</param>
    /// <param name="wasHeard">Whether a node has reported since the first of them.</param>
    /// <param name="isNeeded">Whether, by its last report, a node has what is nowhere else.</param>
    /// <param name="hasThird">Whether somebody else than these two has reported since the first of them, and would miss the accused.</param>
    public static bool MayChange(
        IReadOnlyCollection<Accusation> accusations, string self, Func<string, bool> wasHeard, Func<string, bool> isNeeded, Func<string, string, bool> hasThird)
    {
        var ownMisses = accusations.Where(accusation => accusation.Accuser == self).Select(accusation => accusation.Accused).Distinct().Count();
        return accusations.GroupBy(accusation => accusation.Accused).Any(group =>
            !wasHeard(group.Key) && group.Select(accusation => accusation.Accuser).Distinct().ToList() is [var accuser]
            && group.Key != self && accuser != group.Key && (accuser != self || ownMisses > 1 || isNeeded(group.Key) || hasThird(accuser, group.Key)));
    }

    /// <param name="accusations">All that stand.</param>
    /// <param name="self">The coordinator's node: where one word stands against another, that of the other end is not taken.</param>
    /// <param name="isNeeded">
    /// Whether a node lives, as was heard since, and has what is nowhere else: where one word stands against another, it is the other one
    /// that goes. Null: none is.
    /// </param>
    public static IReadOnlyList<string> Guilty(IEnumerable<Accusation> accusations, string self, Func<string, bool>? isNeeded = null)
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
            if (left.Where(accusation => accusation.Accused == worst).ToList() is [var only])
            {
                var (mine, other) = (isNeeded?.Invoke(worst) ?? false, isNeeded?.Invoke(only.Accuser) ?? false);
                // The coordinator runs: one node that cannot reach its node is the one that is cut off.
                if ((mine && !other) || (worst == self && mine == other))
                    worst = only.Accuser;
            }

            guilty.Add(worst);
            left.RemoveAll(accusation => accusation.Accuser == worst || accusation.Accused == worst);
        }

        return guilty;
    }
}
