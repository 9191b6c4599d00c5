namespace DistributedTrainer.Numerics;

/// <summary>
/// Walks over segments in blocks of rows. A segment that a border cuts is given out in parts, of which only the last has the
/// segment's additions; the chain goes on from part to part.
/// </summary>
internal ref struct SegmentCursor(ReadOnlySpan<Segment> segments)
{
    private readonly ReadOnlySpan<Segment> _segments = segments;
    private int _next;
    private int _rowsDone;

    /// <summary>Finished partial sums that wait for their siblings.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether the next part goes on with a chain begun before.</summary>
    public readonly bool InsideSegment => _rowsDone > 0;

    /// <summary>Whether no segment is left.</summary>
    public readonly bool AtEnd => _next == _segments.Length;

    /// <summary>The most partial sums that wait at once, the chain that is being computed among them.</summary>
    public static int Depth(ReadOnlySpan<Segment> segments)
    {
        var waiting = 0;
        var depth = 0;
        foreach (var segment in segments)
        {
            depth = Math.Max(depth, ++waiting);
            waiting -= segment.Merges;
        }

        return depth;
    }

    /// <summary>Writes the parts that make up the next <paramref name="rows"/> rows and returns how many there are.</summary>
    public int Take(int rows, Span<Segment> parts)
    {
        var count = 0;
        while (rows > 0)
        {
            var segment = _segments[_next];
            var part = Math.Min(rows, segment.Rows - _rowsDone);
            rows -= part;
            _rowsDone += part;
            var complete = _rowsDone == segment.Rows;
            parts[count++] = new Segment(part, complete ? segment.Merges : 0);
            if (!complete)
                break;
            _rowsDone = 0;
            _next++;
            Waiting += 1 - segment.Merges;
        }

        return count;
    }
}
