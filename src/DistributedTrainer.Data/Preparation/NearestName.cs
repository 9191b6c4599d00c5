namespace DistributedTrainer.Data;

/// <summary>The valid name that a mistyped one most likely meant.</summary>
internal static class NearestName
{
    /// <summary>
    /// The end of a sentence that says there is no such name: "; did you mean 'price'?" where some name is within a third of the letters
    /// (Levenshtein, ignoring case), else ".".
    /// </summary>
    public static string Ending(string typed, IEnumerable<string> names)
    {
        var best = names
            .Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant())))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault((Name: "", Distance: int.MaxValue));
        return best.Distance <= int.Max(1, int.Max(typed.Length, best.Name.Length) / 3) ? $"; did you mean '{best.Name}'?" : ".";
    }

    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = int.Min(int.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[^1];
    }
}
