namespace DistributedTrainer.Learning;

/// <summary>Layers whose parameters training leaves as they are.</summary>
public static class FrozenLayers
{
    /// <summary>Whether a parameter belongs to one of the layers: to <c>dense-1</c>, or to one inside of it.</summary>
    public static bool Holds(IReadOnlyList<string> layers, Parameter parameter)
    {
        foreach (var layer in layers)
        {
            if (parameter.Name.StartsWith(layer, StringComparison.Ordinal) && parameter.Name.AsSpan(layer.Length).StartsWith("."))
                return true;
        }

        return false;
    }

    /// <summary>The layers that could be named, as far as the names of parameters say.</summary>
    public static IReadOnlyList<string> Names(ParameterLayout layout) =>
        [.. layout.Parameters.Select(parameter => parameter.Name[..parameter.Name.LastIndexOf('.')]).Distinct()];

    /// <summary>The first of the names that no parameter belongs to; null where all of them are layers with parameters.</summary>
    public static string? Unknown(IReadOnlyList<string> layers, ParameterLayout layout) =>
        layers.FirstOrDefault(layer => !layout.Parameters.Any(parameter => Holds([layer], parameter)));
}
