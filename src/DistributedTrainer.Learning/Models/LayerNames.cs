namespace DistributedTrainer.Learning;

/// <summary>Names of a model's layers: the user's, else kind and number.</summary>
internal static class LayerNames
{
    /// <summary>
    /// The n-th dense layer without a name is <c>dense-n</c>; named ones count too, so that naming one layer renames no other.
    /// </summary>
    /// <exception cref="ModelException">A name is empty or used twice.</exception>
    public static IReadOnlyList<string> For(IReadOnlyList<LayerSpec> layers)
    {
        var names = new List<string>(layers.Count);
        var counts = new Dictionary<string, int>();
        foreach (var layer in layers)
        {
            var kind = layer.GetType().Name.ToLowerInvariant();
            var number = counts[kind] = counts.GetValueOrDefault(kind) + 1;
            var name = layer.Name ?? $"{kind}-{number}";
            if (string.IsNullOrWhiteSpace(name))
                throw new ModelException($"Layer {names.Count + 1} has an empty name; leave the name out to get {kind}-{number}.");
            if (names.IndexOf(name) is var other and >= 0)
                throw new ModelException($"Layers {other + 1} and {names.Count + 1} are both named '{name}'; parameter names must differ.");
            names.Add(name);
        }

        return names;
    }
}
