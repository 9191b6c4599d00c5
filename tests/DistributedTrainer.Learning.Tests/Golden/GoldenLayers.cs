using System.Text.Json;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Golden layers as the specs that a job file gives; a new kind of layer is one more line.</summary>
internal static class GoldenLayers
{
    private static readonly Dictionary<string, Func<JsonElement, JsonElement, LayerSpec>> Specs = new()
    {
        ["dense"] = (item, settings) => new Dense(settings.Int("units")) { Bias = settings.Flag("bias", true) },
        ["conv2d"] = (item, settings) => new Conv2d(settings.Int("filters"), settings.Int("kernel"))
        {
            Stride = settings.Int("stride"),
            Padding = settings.Int("padding"),
            Bias = item.GetProperty("parameters").TryGetProperty("bias", out _),
        },
        ["max_pool2d"] = (_, settings) => new Pool2d(Pooling.Max, settings.Int("size")) { Stride = settings.Int("stride") },
        ["avg_pool2d"] = (_, settings) => new Pool2d(Pooling.Average, settings.Int("size")) { Stride = settings.Int("stride") },
        ["batch_norm2d"] = (_, settings) => new BatchNorm { Epsilon = settings.Number("epsilon", 1e-5) },
        ["layer_norm"] = (item, settings) => new LayerNorm { Epsilon = settings.Number("epsilon", 1e-5) },
        ["embedding"] = (item, settings) => new Embedding(settings.Int("width")) { Vocabulary = settings.Int("vocabulary") },
        ["rnn"] = (item, settings) => new Rnn(settings.Int("units")) { Returns = settings.Returns() },
        ["lstm"] = (item, settings) => new Lstm(settings.Int("units")) { Returns = settings.Returns() },
        ["gru"] = (item, settings) => new Gru(settings.Int("units")) { Returns = settings.Returns() },
        ["attention"] = (item, settings) => new Attention(settings.Int("heads")) { Causal = settings.Flag("causal", false) },
        ["transformer_block"] = (item, settings) => new TransformerBlock(settings.Int("heads"))
        {
            Causal = settings.Flag("causal", false),
            Hidden = settings.Int("mlp"),
            Activation = Activation.GeluTanh,
        },
    };

    /// <summary>Null for a layer that the product does not have yet.</summary>
    public static LayerSpec? Spec(string layer, JsonElement item) =>
        GoldenSpecs.Activation(layer) is { } activation ? new Activate(activation)
        : Specs.TryGetValue(layer, out var spec) ? spec(item, item.GetProperty("settings"))
        : null;

    public static bool Exists(string layer) => GoldenSpecs.Activation(layer) is not null || Specs.ContainsKey(layer);

    private static RecurrentOutput Returns(this JsonElement settings) =>
        settings.GetProperty("returns").GetString() == "last" ? RecurrentOutput.Last : RecurrentOutput.Sequence;

    private static int Int(this JsonElement settings, string name) => settings.GetProperty(name).GetInt32();
}
