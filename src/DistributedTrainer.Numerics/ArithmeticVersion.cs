namespace DistributedTrainer.Numerics;

/// <summary>Names the bits that the kernels give.</summary>
public static class ArithmeticVersion
{
    /// <summary>
    /// Grows with every change of a kernel, a random stream or an order of addition that changes a result. Hashes of weights are promised
    /// within one version only.
    /// </summary>
    public const int Current = 1;
}
