namespace DistributedTrainer.Learning;

/// <summary>One layer of a model as the user writes it. Shapes follow from the data when the model is compiled.</summary>
public abstract record LayerSpec
{
    /// <summary>The layer's name in parameter names and messages; null means <c>dense-1</c>, <c>dense-2</c>…</summary>
    public string? Name { get; init; }
}

/// <summary>y = activation(x · Wᵀ + b); W is (units, inputs), b is (units).</summary>
public sealed record Dense(int Units) : LayerSpec
{
    public Activation Activation { get; init; } = Activation.None;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;

    public bool Bias { get; init; } = true;
}
