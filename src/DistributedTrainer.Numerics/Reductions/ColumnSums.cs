namespace DistributedTrainer.Numerics;

/// <summary>
/// Sums down the columns of matrices whose rows are cut into segments: one chain over a segment's rows in ascending order from +0,
/// segments added in tree order. The gradient of a bias, and of a scale, without a matrix product; same bits as
/// <see cref="Gemm.WeightGradient(int, int, float*, int, float*, int, ReadOnlySpan{Segment}, float*, int)"/> with one row of ones.
/// </summary>
public static unsafe class ColumnSums
{
    /// <summary>sums_j = Σ_r d_rj, with d (rows, columns) and sums (columns). Without segments the sums are +0.</summary>
    /// <exception cref="ArgumentException">The segments are no complete tree, or a stored row is longer than the stride.</exception>
    public static void Sum(int columns, float* d, int ldd, ReadOnlySpan<Segment> segments, float* sums)
        => Run(columns, d, ldd, null, 0, segments, sums, VectorPath.Current);

    /// <summary>sums_j = Σ_r d_rj · x_rj, each product entering the chain by fused multiply-add; both (rows, columns).</summary>
    /// <inheritdoc cref="Sum" path="/exception"/>
    public static void Dot(int columns, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* sums)
        => Run(columns, d, ldd, x, ldx, segments, sums, VectorPath.Current);

    internal static void Run(
        int columns, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* sums, VectorWidth vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var rows = Segment.Check(segments);
        Gemm.CheckStride(rows, columns, ldd);
        if (x is not null)
            Gemm.CheckStride(rows, columns, ldx);
        if (rows == 0)
        {
            new Span<float>(sums, columns).Clear();
            return;
        }

        fixed (Segment* first = segments)
        {
            var kernel = new ColumnSumKernel
            {
                Columns = columns,
                D = d,
                Ldd = ldd,
                X = x,
                Ldx = ldx,
                Segments = first,
                SegmentCount = segments.Length,
                Open = Workspace.Current.Tiles((long)SegmentCursor.Depth(segments) * columns),
                Sums = sums,
            };
            VectorPath.Run(ref kernel, vectors);
        }
    }
}
