using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>initializer</c>: how a layer's weights start.</summary>
internal static class InitializerForm
{
    public static Form<InitializerSpec> Form { get; } = new ChoiceForm<InitializerSpec>("initializer")
        .Add("glorot-uniform", Drawn("Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010).", InitializerKind.GlorotUniform),
            Is(InitializerKind.GlorotUniform))
        .Add("glorot-normal", Drawn("Normal with variance 2 / (inputs + outputs).", InitializerKind.GlorotNormal), Is(InitializerKind.GlorotNormal))
        .Add("he-uniform", Drawn("Uniform in ±√(6 / inputs) (He et al. 2015).", InitializerKind.HeUniform), Is(InitializerKind.HeUniform))
        .Add("he-normal", Drawn("Normal with variance 2 / inputs.", InitializerKind.HeNormal), Is(InitializerKind.HeNormal))
        .Add("normal", Drawn("Normal with mean 0.", InitializerKind.Normal)
            .Required("deviation", "The standard deviation.", NumberForm.Positive,
                initializer => initializer.Value, (initializer, deviation) => initializer with { Value = deviation }),
            Is(InitializerKind.Normal))
        .Add("zeros", Drawn("Zero.", InitializerKind.Zeros), Is(InitializerKind.Zeros))
        .Add("constant", Drawn("One value everywhere.", InitializerKind.Constant)
            .Required("value", "The value.", NumberForm.Any,
                initializer => initializer.Value, (initializer, value) => initializer with { Value = value }),
            Is(InitializerKind.Constant));

    private static MapForm<InitializerSpec> Drawn(string doc, InitializerKind kind) => new(doc, new InitializerSpec(kind));

    private static Func<InitializerSpec, bool> Is(InitializerKind kind) => initializer => initializer.Kind == kind;
}
