namespace DistributedTrainer.Learning;

/// <summary>What parameters, activations and gradients are rounded to where they are handed on. Sums are float32 in either.</summary>
public enum Precision
{
    Float32,

    /// <summary>
    /// Passes read parameters rounded to bfloat16, each layer's output is rounded to it, and so are gradient sums: each shard's, then each pair's
    /// sum. The servers keep and update the parameters in float32. bfloat16 has float32's exponents, so losses need no scaling.
    /// </summary>
    Bfloat16,
}
