using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// A slot's segments where k runs over positions: (sample, position) ascending, so a slice of n rows is a segment of n·positions.
/// Reuses its memory, so that a step allocates nothing.
/// </summary>
internal sealed class PositionSegments(int positions)
{
    private Segment[] _segments = [];

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<Segment> Of(in SlotWork slot)
    {
        var rows = slot.Segments.Span;
        if (positions == 1)
            return rows;
        if (_segments.Length < rows.Length)
            _segments = new Segment[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            _segments[i] = rows[i] with { Rows = rows[i].Rows * positions };
        return _segments.AsSpan(0, rows.Length);
    }
}
