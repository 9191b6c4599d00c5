namespace DistributedTrainer.Coordination;

/// <summary>What an error says about an unknown word: what is allowed, and which of that was probably meant.</summary>
public static class Nearest
{
    /// <summary><c>unknown {noun} 'normalise'; allowed here: …; did you mean 'normalize'?</c></summary>
    public static string Unknown(string noun, string word, IReadOnlyCollection<string> allowed)
    {
        var guess = To(word, allowed);
        return $"unknown {noun} '{word}'; allowed here: {string.Join(", ", allowed)}" + (guess is null ? "" : $"; did you mean '{guess}'?");
    }

    /// <summary>"; did you mean 'train'?", or nothing where no word is near.</summary>
    public static string Hint(string word, IEnumerable<string> allowed) => To(word, allowed) is { } guess ? $"; did you mean '{guess}'?" : "";

    /// <summary>
    /// The word with the smallest edit distance; where more than half of the letters would have to change, one that begins the
    /// asked word or is begun by it (minutes and min); else null.
    /// </summary>
    public static string? To(string word, IEnumerable<string> allowed)
    {
        var known = allowed.ToList();
        var asked = word.ToLowerInvariant().Replace('_', '-');
        var (nearest, distance) = known.Select(candidate => (candidate, Distance(asked, candidate))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        if (distance <= Math.Max(1, Math.Max(asked.Length, nearest.Length) / 2))
            return nearest;
        return known.Where(candidate => asked.Length > 0 && (asked.StartsWith(candidate, StringComparison.Ordinal) || candidate.StartsWith(asked, StringComparison.Ordinal)))
            .MaxBy(candidate => candidate.Length);
    }

    /// <summary>Edits, a swap of neighbours counting one (optimal string alignment, Damerau 1964).</summary>
    internal static int Distance(string from, string to)
    {
        // Words longer than this are no typing slip, and the table grows with the product of the lengths.
        if (from.Length > 64 || to.Length > 64) return int.MaxValue;
        var cost = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
            for (var j = 1; j <= to.Length; j++)
            {
                var change = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(change, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }

        return cost[from.Length, to.Length];
    }
}
