namespace DistributedTrainer.Numerics;

/// <summary>
/// One leaf of a reduction tree over rows, written in postfix order: the rows of one non-empty slice, then the number of
/// pairwise additions (left + right) that follow once this leaf's chain is complete. A complete tree of n leaves has
/// n − 1 additions in all, the leaves (1)(1) of a pair being {Rows: 1, Merges: 0}, {Rows: 1, Merges: 1}.
/// </summary>
/// <param name="Rows">Rows of the slice, at least 1.</param>
/// <param name="Merges">Additions of the two newest partial sums after this leaf.</param>
public readonly record struct Segment(int Rows, int Merges)
{
    /// <summary>Rows of all segments; none make 0.</summary>
    /// <exception cref="ArgumentException">A segment has no row, or the additions do not make one complete tree.</exception>
    internal static int Check(ReadOnlySpan<Segment> segments)
    {
        var rows = 0;
        var sums = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.Rows < 1)
                throw new ArgumentException($"Segment {i} has {segment.Rows} rows; at least 1 is needed, an empty slice is left out.");
            rows = checked(rows + segment.Rows);
            sums++;
            if (segment.Merges < 0 || segment.Merges >= sums)
                throw new ArgumentException($"Segment {i} asks for {segment.Merges} additions with {sums} partial sums at hand.");
            sums -= segment.Merges;
        }

        if (sums > 1)
            throw new ArgumentException($"The segments leave {sums} partial sums unadded: their additions make no complete tree.");
        return rows;
    }
}
