namespace DistributedTrainer.Learning;

/// <summary>
/// Each channel minus its mean, divided by its deviation, then weight · x̂ + bias (Ioffe and Szegedy 2015). In training both are those of
/// a shard's slice of the batch, so that no step waits for a round trip; the running ones, which evaluation uses, are joined from all slices.
/// Input (channels, height, width), (height, width) for one channel, or (features), each of which is a channel.
/// </summary>
public sealed record BatchNorm : LayerSpec
{
    public override string Kind => "batch-norm";

    /// <summary>How far a step moves the running mean and variance.</summary>
    public double Momentum { get; init; } = 0.1;

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    internal override Layer Compile(LayerBuilder builder)
    {
        var channels = builder.Input.Count == 1 ? builder.Input[0] : builder.Image()[0];
        return new BatchNormLayer(this, builder, channels);
    }
}
