namespace DistributedTrainer.Learning;

/// <summary>
/// y = activation(x · Wᵀ + b); W is (units, inputs), b is (units). The input is taken flattened, or, <see cref="PerPosition"/>, the same
/// layer is applied to the last axis at every position of the others: (time, inputs) becomes (time, units).
/// </summary>
public sealed record Dense(int Units) : LayerSpec
{
    public override string Kind => "dense";

    public Activation Activation { get; init; } = Activation.None;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;

    public bool Bias { get; init; } = true;

    public bool PerPosition { get; init; }

    /// <summary>The name of an earlier layer whose weight, of shape (units, inputs), is this one's too; null for a weight of its own.</summary>
    public string? Tie { get; init; }

    internal override Activation EndsIn => Activation;

    internal override Layer Compile(LayerBuilder builder) => new DenseLayer(this, builder);
}
