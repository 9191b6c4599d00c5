namespace DistributedTrainer.Data;

/// <summary>The tables that the product carries (origin and licence: BuiltIn/NOTICE.md); the last column is the target.</summary>
internal static class BuiltInSets
{
    public static IReadOnlyList<string> Names { get; } = ["breast-cancer", "diabetes", "digits", "iris", "wine"];

    /// <exception cref="DataException">No set of this name.</exception>
    public static Stream Open(string set)
    {
        if (!Names.Contains(set))
            throw new DataException($"No built-in data set '{set}'{NearestName.Ending(set, Names)} There are {string.Join(", ", Names)}.");
        return typeof(BuiltInSets).Assembly.GetManifestResourceStream($"{set}.csv")
            ?? throw new InvalidOperationException($"The resource {set}.csv is missing from the assembly.");
    }
}
