using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>What goes up the reduction tree beside the gradient.</summary>
/// <param name="Loss">Sum of the loss over the loss's elements.</param>
/// <param name="Denominator">What the loss's mean divides by: samples, elements or tokens.</param>
/// <param name="Samples">Rows.</param>
public readonly record struct StepSums(double Loss, double Denominator, long Samples)
{
    /// <summary>Partial sums open at once: one a level of a tree over 2³¹ leaves, and one more.</summary>
    private const int MaxOpen = 32;

    public static StepSums operator +(StepSums left, StepSums right) =>
        new(left.Loss + right.Loss, left.Denominator + right.Denominator, left.Samples + right.Samples);

    /// <summary>Sums the rows of one slot: one chain in double over the rows of each segment, segments added along the tree.</summary>
    /// <param name="losses">The slot's rows' losses.</param>
    /// <param name="denominatorPerRow">What one row adds to the loss's denominator.</param>
    /// <param name="targets">A class index a row, where the classes have weights.</param>
    /// <param name="classWeights">What a row adds in the place of <paramref name="denominatorPerRow"/>, by class; empty for none.</param>
    internal static StepSums Of(
        ReadOnlySpan<float> losses, ReadOnlySpan<Segment> segments, int denominatorPerRow, ReadOnlySpan<float> targets = default,
        ReadOnlySpan<float> classWeights = default)
    {
        Span<StepSums> open = stackalloc StepSums[MaxOpen];
        var depth = 0;
        foreach (var segment in segments)
        {
            var sum = 0.0;
            foreach (var loss in losses[..segment.Rows])
                sum += loss;
            losses = losses[segment.Rows..];
            var denominator = (double)segment.Rows * denominatorPerRow;
            if (!classWeights.IsEmpty)
            {
                denominator = WeightOf(targets[..segment.Rows], classWeights);
                targets = targets[segment.Rows..];
            }

            open[depth++] = new StepSums(sum, denominator, segment.Rows);
            for (var merge = 0; merge < segment.Merges; merge++)
            {
                depth--;
                open[depth - 1] += open[depth];
            }
        }

        return open[0];
    }

    /// <summary>The weights of rows' classes, added in order.</summary>
    internal static double WeightOf(ReadOnlySpan<float> targets, ReadOnlySpan<float> classWeights)
    {
        var sum = 0.0;
        foreach (var target in targets)
            sum += classWeights[(int)target];
        return sum;
    }
}
