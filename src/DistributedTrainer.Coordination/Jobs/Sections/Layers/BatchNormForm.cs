using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class BatchNormForm
{
    public static MapForm<BatchNorm> Form { get; } = new MapForm<BatchNorm>(
            "Each channel with mean 0 and deviation 1 over a shard's slice of the batch, then weight x + bias.", new BatchNorm())
        .Optional("momentum", "How far a step moves the running mean and variance towards the batch's.", NumberForm.Fraction,
            layer => layer.Momentum, (layer, momentum) => layer with { Momentum = momentum })
        .Optional("epsilon", "Added to the variance.", NumberForm.Positive,
            layer => layer.Epsilon, (layer, epsilon) => layer with { Epsilon = epsilon })
        .Named("batch-norm");
}
