using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class EmbeddingForm
{
    public static MapForm<Embedding> Form { get; } = new MapForm<Embedding>("A row of a table for each token.", new Embedding(0))
        .Required("width", "Floats for a token.", new WholeForm<int>(1), layer => layer.Width, (layer, width) => layer with { Width = width })
        .Optional("vocabulary", "Rows of the table; by default as many as the data have classes.", new UnsetForm<int>(new WholeForm<int>(1)),
            layer => layer.Vocabulary, (layer, rows) => layer with { Vocabulary = rows })
        .Optional("initializer", "How the table starts.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => layer with { Initializer = initializer })
        .Named("embedding");
}

internal static class PositionsForm
{
    public static MapForm<Positions> Form { get; } = new MapForm<Positions>("Adds a vector for each position.", new Positions())
        .Optional("how", "learned: a trained vector for each position. sinusoidal: fixed waves of many lengths.",
            new WordForm<PositionKind>("kind of positions"), layer => layer.How, (layer, how) => layer with { How = how })
        .Optional("initializer", "How learned positions start.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => layer with { Initializer = initializer })
        .Named("positions");
}

internal static class LayerNormForm
{
    public static MapForm<LayerNorm> Form { get; } = new MapForm<LayerNorm>(
        "Mean 0 and variance 1 over the last axis, then a trained scale and shift.", new LayerNorm())
        .Optional("epsilon", "Added to the variance.", NumberForm.Positive,
            layer => layer.Epsilon, (layer, epsilon) => layer with { Epsilon = epsilon })
        .Optional("bias", "Whether there is a shift.", BooleanForm.Instance, layer => layer.Bias, (layer, bias) => layer with { Bias = bias })
        .Named("layer-norm");
}
