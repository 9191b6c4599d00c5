namespace DistributedTrainer.Learning;

/// <summary>l1·Σ|w| + l2/2·Σw² over weights, not biases; added to the mean gradient, kept out of the reported loss.</summary>
public readonly record struct PenaltySpec(double L1, double L2)
{
    public bool IsNone => L1 == 0 && L2 == 0;
}
