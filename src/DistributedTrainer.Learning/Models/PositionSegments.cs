using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// A slot's segments for layers that treat each row as several positions (time steps, pixels): the chains of their weight gradients run
/// over (row, position) in order, so each segment has so many times its rows. Reused from pass to pass.
/// </summary>
internal sealed class PositionSegments(int positions)
{
    private Segment[] _segments = [];

    public ReadOnlySpan<Segment> Of(in SlotWork slot)
    {
        var segments = slot.Segments.Span;
        if (positions == 1)
            return segments;
        if (_segments.Length < segments.Length)
            _segments = new Segment[segments.Length];
        for (var i = 0; i < segments.Length; i++)
            _segments[i] = segments[i] with { Rows = checked(segments[i].Rows * positions) };
        return _segments.AsSpan(0, segments.Length);
    }
}
