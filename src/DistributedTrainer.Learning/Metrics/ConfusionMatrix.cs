using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>How often rows of one class were taken for another: counts by (true class, predicted class).</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <param name="classes">Number of classes, at least 2.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ClassCount = classes;
        _counts = new long[checked(classes * classes)];
    }

    public int ClassCount { get; }

    public long Total => _counts.Sum();

    /// <summary>Rows of class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[Index(actual, predicted)];

    /// <summary>Counts one row by its logits: one logit for two classes, else one a class.</summary>
    public unsafe void Add(ReadOnlySpan<float> logits, int actual)
    {
        fixed (float* first = logits)
        {
            var predicted = logits.Length == 1 ? (logits[0] > 0 ? 1 : 0) : Reduction.ArgMax(first, logits.Length);
            _counts[Index(actual, predicted)]++;
        }
    }

    /// <summary>Adds another matrix's counts to this one's.</summary>
    /// <exception cref="ArgumentException">It has another number of classes.</exception>
    public void Add(ConfusionMatrix other)
    {
        if (other.ClassCount != ClassCount)
            throw new ArgumentException($"A matrix of {other.ClassCount} classes cannot be added to one of {ClassCount}.", nameof(other));
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>Of the rows predicted as this class, the share that is; NaN where none was.</summary>
    public double Precision(int index) => (double)this[index, index] / Enumerable.Range(0, ClassCount).Sum(actual => this[actual, index]);

    /// <summary>Of the rows of this class, the share predicted so; NaN where there is none.</summary>
    public double Recall(int index) => (double)this[index, index] / Enumerable.Range(0, ClassCount).Sum(predicted => this[index, predicted]);

    private int Index(int actual, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)actual, (uint)ClassCount, nameof(actual));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)ClassCount, nameof(predicted));
        return actual * ClassCount + predicted;
    }
}
