using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class AttentionForm
{
    public static MapForm<Attention> Form { get; } = new MapForm<Attention>("Multi-head self-attention.", new Attention(0))
        .Required("heads", "Heads; the width is a multiple of them.", new WholeForm<int>(1),
            layer => layer.Heads, (layer, heads) => layer with { Heads = heads })
        .Optional("causal", "Whether a position sees itself and those before it only.", BooleanForm.Instance,
            layer => layer.Causal, (layer, causal) => layer with { Causal = causal })
        .Optional("initializer", "How the weights start; biases start at zero.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => layer with { Initializer = initializer })
        .Optional("output-initializer", "How the weights start whose output is added to the input; by default as the others.",
            new UnsetForm<InitializerSpec>(InitializerForm.Form),
            layer => layer.OutputInitializer, (layer, initializer) => layer with { OutputInitializer = initializer })
        .Optional("bias", "Whether biases are added.", BooleanForm.Instance, layer => layer.Bias, (layer, bias) => layer with { Bias = bias })
        .Named("attention");
}

internal static class TransformerBlockForm
{
    public static MapForm<TransformerBlock> Form { get; } = new MapForm<TransformerBlock>(
        "Attention and two dense layers, each with a layer norm and added to what it read.", new TransformerBlock(0))
        .Required("heads", "Heads of the attention; the width is a multiple of them.", new WholeForm<int>(1),
            layer => layer.Heads, (layer, heads) => layer with { Heads = heads })
        .Optional("causal", "Whether a position sees itself and those before it only.", BooleanForm.Instance,
            layer => layer.Causal, (layer, causal) => layer with { Causal = causal })
        .Optional("norm", "pre: what each branch reads is normalized. post: what each sum gives.", new WordForm<NormPlace>("place of the norm"),
            layer => layer.Norm, (layer, norm) => layer with { Norm = norm })
        .Optional("hidden", "Floats between the two dense layers; by default four times the width.", new UnsetForm<int>(new WholeForm<int>(1)),
            layer => layer.Hidden, (layer, hidden) => layer with { Hidden = hidden })
        .Optional("activation", "The function between the two dense layers.", new WordForm<Activation>("activation"),
            layer => layer.Activation, (layer, activation) => layer with { Activation = activation })
        .Optional("initializer", "How the weights start; biases start at zero.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => layer with { Initializer = initializer })
        .Optional("output-initializer", "How the weights start whose output is added to the input; by default as the others.",
            new UnsetForm<InitializerSpec>(InitializerForm.Form),
            layer => layer.OutputInitializer, (layer, initializer) => layer with { OutputInitializer = initializer })
        .Optional("bias", "Whether dense layers and norms have biases.", BooleanForm.Instance,
            layer => layer.Bias, (layer, bias) => layer with { Bias = bias })
        .Named("transformer-block");
}
