namespace DistributedTrainer.Learning;

/// <summary>Names of a model's layers: the user's, else kind and number.</summary>
public static class LayerNames
{
    /// <summary>
    /// The n-th dense layer without a name is <c>dense-n</c>; named ones count too, so that naming one layer renames no other. Layers
    /// inside a layer are counted by themselves.
    /// </summary>
    public static IReadOnlyList<LayerSpec> Assign(IReadOnlyList<LayerSpec> layers)
    {
        var counts = new Dictionary<string, int>();
        return [.. layers.Select(layer => Named(layer).WithInnerNames())];

        LayerSpec Named(LayerSpec layer)
        {
            var number = counts[layer.Kind] = counts.GetValueOrDefault(layer.Kind) + 1;
            return layer.Name is null ? layer with { Name = $"{layer.Kind}-{number}" } : layer;
        }
    }

    /// <summary>Names of layers that stand beside each other.</summary>
    /// <exception cref="ModelException">A name is empty or used twice.</exception>
    internal static void Check(IReadOnlyList<LayerSpec> named)
    {
        for (var i = 0; i < named.Count; i++)
        {
            var name = named[i].Name;
            if (string.IsNullOrWhiteSpace(name))
                throw new ModelException($"Layer {i + 1} has an empty name; leave the name out to get one such as {named[i].Kind}-1.");
            for (var other = 0; other < i; other++)
            {
                if (named[other].Name == name)
                    throw new ModelException($"Layers {other + 1} and {i + 1} are both named '{name}'; parameter names must differ.");
            }
        }
    }
}
