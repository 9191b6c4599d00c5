using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>model</c>: the layers, first layer first.</summary>
internal static class ModelSection
{
    public static Form<IReadOnlyList<LayerSpec>> Form { get; } = new ListForm<LayerSpec>("layers", Layer(), least: 1);

    private static ChoiceForm<LayerSpec> Layer() => new ChoiceForm<LayerSpec>("layer")
        .Add("dense", new MapForm<Dense>("y = activation(x Wᵀ + b)", new Dense(0))
            .Required("units", "Number of outputs.", new WholeForm<int>(1),
                dense => dense.Units, (dense, units) => dense with { Units = units })
            .Optional("activation", "The function after the sum.", new WordForm<Activation>("activation"),
                dense => dense.Activation, (dense, activation) => dense with { Activation = activation })
            .Optional("initializer", "How the weights start; biases start at zero.", Initializer(),
                dense => dense.Initializer, (dense, initializer) => dense with { Initializer = initializer })
            .Optional("bias", "Whether a bias is added.", BooleanForm.Instance,
                dense => dense.Bias, (dense, bias) => dense with { Bias = bias })
            .Optional("name", "The layer's name in parameter names; by default dense-1, dense-2 and so on.", TextForm.Name,
                dense => dense.Name, (dense, name) => dense with { Name = name }))
        .Later("dropout", "residual", "conv", "max-pool", "flatten", "batch-norm", "layer-norm", "embedding", "lstm", "gru", "attention");

    private static ChoiceForm<InitializerSpec> Initializer() => new ChoiceForm<InitializerSpec>("initializer")
        .Add("glorot-uniform", Drawn("Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010).", InitializerKind.GlorotUniform),
            Is(InitializerKind.GlorotUniform))
        .Add("glorot-normal", Drawn("Normal with variance 2 / (inputs + outputs).", InitializerKind.GlorotNormal), Is(InitializerKind.GlorotNormal))
        .Add("he-uniform", Drawn("Uniform in ±√(6 / inputs) (He et al. 2015).", InitializerKind.HeUniform), Is(InitializerKind.HeUniform))
        .Add("he-normal", Drawn("Normal with variance 2 / inputs.", InitializerKind.HeNormal), Is(InitializerKind.HeNormal))
        .Add("zeros", Drawn("Zero.", InitializerKind.Zeros), Is(InitializerKind.Zeros))
        .Add("constant", Drawn("One value everywhere.", InitializerKind.Constant)
            .Required("value", "The value.", NumberForm.Any,
                initializer => initializer.Value, (initializer, value) => initializer with { Value = value }),
            Is(InitializerKind.Constant));

    private static MapForm<InitializerSpec> Drawn(string doc, InitializerKind kind) => new(doc, new InitializerSpec(kind));

    private static Func<InitializerSpec, bool> Is(InitializerKind kind) => initializer => initializer.Kind == kind;
}
