using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The optimizer's state for one contiguous range of the parameter vector, and the update of that range: mean gradient, penalty,
/// optimizer. The bits do not depend on how the vector is cut into ranges.
/// </summary>
public sealed unsafe class RangeOptimizer : IDisposable
{
    /// <param name="optimizer">The update rule.</param>
    /// <param name="penalty">L1 and L2, applied to weights.</param>
    /// <param name="layout">The whole vector's layout: says which elements are weights.</param>
    /// <param name="begin">First element of the range.</param>
    /// <param name="length">Number of elements.</param>
    public RangeOptimizer(OptimizerSpec optimizer, PenaltySpec penalty, ParameterLayout layout, int begin, int length)
        => throw new NotImplementedException();

    /// <summary>The state's arrays, each of the range's length (Adam: m, v). For hand-over and checkpoints.</summary>
    public IReadOnlyList<FloatBuffer> State => throw new NotImplementedException();

    /// <summary>
    /// Turns version t into version t + 1. Pointers are to the range's first element. The gradient is the root's sum; it is multiplied
    /// once by the float32 reciprocal of <paramref name="denominator"/>. <paramref name="current"/> stays as it is.
    /// </summary>
    /// <param name="step">t, counted from 0: Adam's exponent is t + 1.</param>
    public void Update(float* current, float* next, float* gradientSum, double denominator, long step) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
