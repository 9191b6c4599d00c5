using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>One slot of a pass: what to compute and where to put it.</summary>
public readonly unsafe struct SlotWork
{
    /// <param name="segments">The slot's slices in postfix order of its subtree; none is empty.</param>
    /// <param name="gradient">Room for Layout.Length floats.</param>
    /// <param name="sums">Room for the slot's sums.</param>
    public SlotWork(ReadOnlyMemory<Segment> segments, float* gradient, StepSums* sums)
    {
        Segments = segments;
        Gradient = gradient;
        Sums = sums;
        foreach (var segment in segments.Span)
            Rows += segment.Rows;
    }

    /// <summary>The slot's slices in postfix order of its subtree; none is empty.</summary>
    public ReadOnlyMemory<Segment> Segments { get; }

    /// <summary>Rows of all its segments.</summary>
    public int Rows { get; }

    /// <summary>Receives Layout.Length floats: the slot's gradient sum. The caller keeps the memory alive.</summary>
    public float* Gradient { get; }

    /// <summary>Receives the slot's loss sum and denominator, added in double along the same tree.</summary>
    public StepSums* Sums { get; }
}
