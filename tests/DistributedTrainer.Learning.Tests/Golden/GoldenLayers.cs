using System.Text.Json;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Golden layers as the specs that a job file gives; a new kind of layer is one more line.</summary>
internal static class GoldenLayers
{
    private static readonly Dictionary<string, Func<JsonElement, JsonElement, LayerSpec>> Specs = new()
    {
        ["dense"] = (item, settings) => new Dense(settings.Int("units")) { Bias = settings.Flag("bias", true) },
    };

    /// <summary>Null for a layer that the product does not have yet.</summary>
    public static LayerSpec? Spec(string layer, JsonElement item) =>
        GoldenSpecs.Activation(layer) is { } activation ? new Activate(activation)
        : Specs.TryGetValue(layer, out var spec) ? spec(item, item.GetProperty("settings"))
        : null;

    public static bool Exists(string layer) => GoldenSpecs.Activation(layer) is not null || Specs.ContainsKey(layer);

    private static int Int(this JsonElement settings, string name) => settings.GetProperty(name).GetInt32();
}
