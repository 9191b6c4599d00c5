using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>penalty</c>: l1·Σ|w| + l2/2·Σw² over weights, not biases.</summary>
internal static class PenaltySection
{
    public static Form<PenaltySpec> Form { get; } = new MapForm<PenaltySpec>("l1·Σ|w| + l2/2·Σw² over weights, not biases.", default)
        .Optional("l1", "Weight of the absolute values.", NumberForm.NotNegative, penalty => penalty.L1, (penalty, l1) => penalty with { L1 = l1 })
        .Optional("l2", "Weight of half the squares.", NumberForm.NotNegative, penalty => penalty.L2, (penalty, l2) => penalty with { L2 = l2 });
}
