using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Working memory of one thread: activations and their gradients for up to MaxRows rows. The caller fills
/// <see cref="Inputs"/> and <see cref="Targets"/>, then computes.
/// </summary>
public sealed unsafe class NetworkPass : IDisposable
{
    public int MaxRows => throw new NotImplementedException();

    /// <summary>(MaxRows, InputLength), to be filled by the caller.</summary>
    public float* Inputs => throw new NotImplementedException();

    /// <summary>(MaxRows, TargetLength), to be filled by the caller.</summary>
    public float* Targets => throw new NotImplementedException();

    /// <summary>
    /// Gradient sums of the loss over the rows of several slots in one pass. The rows of all slots follow each other in
    /// Inputs and Targets. Each slot is a complete subtree of the reduction tree over shards: its segments, in postfix order.
    /// Gradients are of the loss's sum, not its mean.
    /// </summary>
    /// <param name="parameters">Layout.Length floats.</param>
    /// <param name="slots">One entry a slot.</param>
    public void Gradient(float* parameters, ReadOnlySpan<SlotWork> slots) => throw new NotImplementedException();

    /// <summary>
    /// Forward pass over the first <paramref name="rows"/> rows; adds loss and metric sums, row by row in order, to <paramref name="sums"/>
    /// (<see cref="MetricSet.SumCount"/> doubles).
    /// </summary>
    public void Evaluate(float* parameters, int rows, MetricSet metrics, Span<double> sums) => throw new NotImplementedException();

    /// <summary>Forward pass over the first <paramref name="rows"/> rows; returns the output (rows, OutputLength), valid until the next call.</summary>
    public float* Predict(float* parameters, int rows) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}

/// <summary>One slot of a pass: what to compute and where to put it.</summary>
public readonly unsafe struct SlotWork(ReadOnlyMemory<Segment> segments, float* gradient, StepSums* sums)
{
    /// <summary>The slot's slices in postfix order of its subtree; none is empty.</summary>
    public ReadOnlyMemory<Segment> Segments { get; } = segments;

    /// <summary>Receives Layout.Length floats: the slot's gradient sum.</summary>
    public float* Gradient { get; } = gradient;

    /// <summary>Receives the slot's loss sum and denominator, added in double along the same tree.</summary>
    public StepSums* Sums { get; } = sums;
}

/// <summary>What goes up the reduction tree beside the gradient.</summary>
/// <param name="Loss">Sum of the loss over the loss's elements.</param>
/// <param name="Denominator">What the loss's mean divides by: samples, elements or tokens.</param>
/// <param name="Samples">Rows.</param>
public readonly record struct StepSums(double Loss, double Denominator, long Samples)
{
    public static StepSums operator +(StepSums left, StepSums right) =>
        new(left.Loss + right.Loss, left.Denominator + right.Denominator, left.Samples + right.Samples);
}
