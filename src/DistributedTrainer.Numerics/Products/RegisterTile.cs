using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The innermost kernel of every product: a tile of 6 rows and 2 vectors of columns, whose chains stay in registers while
/// k runs. 12 chains cover the latency of the multipliers, and with 2 vectors of B and the broadcasts of A they fill the 16
/// registers of 256-bit code. A second tile of 4 rows serves what is left of a block; more heights would gain little for
/// their compile time. What a tile computes beyond the rows and columns that C has is thrown away.
/// </summary>
internal static unsafe class RegisterTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Rows of a tile and of a packed panel of A, but for the last of a block.</summary>
    public const int TallestRows = LeftPacking.PanelRows;

    /// <summary>Columns of a tile and of a packed panel of B.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TVector.Count;
    }

    /// <summary>Floats of the tallest tile when stored without gaps.</summary>
    public static int Size
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TallestRows * Columns;
    }

    /// <summary>Columns in whole panels.</summary>
    public static long Padded(int columns) => ((long)columns + Columns - 1) / Columns * Columns;

    /// <summary>
    /// Runs the chains of one tile over segments of k, one chain a segment, and adds finished chains along the segments' tree.
    /// A sum that waits for its sibling is kept on a stack of tiles; the last one is the result.
    /// </summary>
    /// <param name="rows">Rows of the tile, 4 or 6.</param>
    /// <param name="segments">Segments, (<paramref name="count"/>); at least one. Their rows are the steps of k.</param>
    /// <param name="a">Packed panel of A, (k, rows).</param>
    /// <param name="b">Panel of B, (k, <see cref="Columns"/>), packed or where it stands.</param>
    /// <param name="ldb">Floats between the rows of <paramref name="b"/>: <see cref="Columns"/> where it is packed.</param>
    /// <param name="from">Tile, (rows, <see cref="Columns"/>), whose chains the first segment carries on; null starts them at +0.</param>
    /// <param name="fromStride">Floats between the rows of <paramref name="from"/>.</param>
    /// <param name="top">First free tile of the stack, which grows upwards in steps of <see cref="Size"/> floats.</param>
    /// <param name="to">Where the result is stored, (rows, <see cref="Columns"/>); may be <paramref name="from"/>.</param>
    /// <param name="toStride">Floats between the rows of <paramref name="to"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        int rows, Segment* segments, int count, float* a, float* b, int ldb, float* from, int fromStride, float* top, float* to, int toStride)
    {
        if (rows == TallestRows)
            Run<Rows6>(segments, count, a, b, ldb, from, fromStride, top, to, toStride);
        else
            Run<Rows4>(segments, count, a, b, ldb, from, fromStride, top, to, toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(
        Segment* segments, int count, float* a, float* b, long ldb, float* from, int fromStride, float* top, float* to, int toStride)
        where TRows : struct, ITileRows
    {
        TVector c00 = TVector.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
        TVector c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        if (from is not null)
        {
            Load(from, out c00, out c01);
            Load(from + fromStride, out c10, out c11);
            Load(from + 2L * fromStride, out c20, out c21);
            Load(from + 3L * fromStride, out c30, out c31);
            if (TRows.Count == TallestRows)
            {
                Load(from + 4L * fromStride, out c40, out c41);
                Load(from + 5L * fromStride, out c50, out c51);
            }
        }

        while (true)
        {
            var k = segments->Rows;
            for (; k >= 4; k -= 4)
            {
                Step<TRows>(
                    a, b, b + TVector.Count,
                    ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                Step<TRows>(
                    a + TRows.Count, b + ldb, b + ldb + TVector.Count,
                    ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                Step<TRows>(
                    a + 2 * TRows.Count, b + 2 * ldb, b + 2 * ldb + TVector.Count,
                    ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                Step<TRows>(
                    a + 3 * TRows.Count, b + 3 * ldb, b + 3 * ldb + TVector.Count,
                    ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                a += 4 * TRows.Count;
                b += 4 * ldb;
            }

            for (; k > 0; k--)
            {
                Step<TRows>(
                    a, b, b + TVector.Count,
                    ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                a += TRows.Count;
                b += ldb;
            }

            for (var merges = segments->Merges; merges > 0; merges--)
            {
                top -= Size;
                Add(top, ref c00, ref c01);
                Add(top + Columns, ref c10, ref c11);
                Add(top + 2 * Columns, ref c20, ref c21);
                Add(top + 3 * Columns, ref c30, ref c31);
                if (TRows.Count == TallestRows)
                {
                    Add(top + 4 * Columns, ref c40, ref c41);
                    Add(top + 5 * Columns, ref c50, ref c51);
                }
            }

            if (--count == 0)
                break;
            Store(top, c00, c01);
            Store(top + Columns, c10, c11);
            Store(top + 2 * Columns, c20, c21);
            Store(top + 3 * Columns, c30, c31);
            if (TRows.Count == TallestRows)
            {
                Store(top + 4 * Columns, c40, c41);
                Store(top + 5 * Columns, c50, c51);
            }

            top += Size;
            segments++;
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = TVector.Zero;
        }

        Store(to, c00, c01);
        Store(to + toStride, c10, c11);
        Store(to + 2L * toStride, c20, c21);
        Store(to + 3L * toStride, c30, c31);
        if (TRows.Count == TallestRows)
        {
            Store(to + 4L * toStride, c40, c41);
            Store(to + 5L * toStride, c50, c51);
        }
    }

    /// <summary>One step of k: every chain of the tile takes one fused multiply-add.</summary>
    /// <param name="a">The step's floats of A, a row each.</param>
    /// <param name="first">The step's first vector of B.</param>
    /// <param name="second">Its second vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Step<TRows>(
        float* a,
        float* first,
        float* second,
        ref TVector c00,
        ref TVector c01,
        ref TVector c10,
        ref TVector c11,
        ref TVector c20,
        ref TVector c21,
        ref TVector c30,
        ref TVector c31,
        ref TVector c40,
        ref TVector c41,
        ref TVector c50,
        ref TVector c51)
        where TRows : struct, ITileRows
    {
        var b0 = TVector.Load(first);
        var b1 = TVector.Load(second);
        var left = TVector.Broadcast(a[0]);
        c00 = TVector.FusedMultiplyAdd(left, b0, c00);
        c01 = TVector.FusedMultiplyAdd(left, b1, c01);
        left = TVector.Broadcast(a[1]);
        c10 = TVector.FusedMultiplyAdd(left, b0, c10);
        c11 = TVector.FusedMultiplyAdd(left, b1, c11);
        left = TVector.Broadcast(a[2]);
        c20 = TVector.FusedMultiplyAdd(left, b0, c20);
        c21 = TVector.FusedMultiplyAdd(left, b1, c21);
        left = TVector.Broadcast(a[3]);
        c30 = TVector.FusedMultiplyAdd(left, b0, c30);
        c31 = TVector.FusedMultiplyAdd(left, b1, c31);
        if (TRows.Count == TallestRows)
        {
            left = TVector.Broadcast(a[4]);
            c40 = TVector.FusedMultiplyAdd(left, b0, c40);
            c41 = TVector.FusedMultiplyAdd(left, b1, c41);
            left = TVector.Broadcast(a[5]);
            c50 = TVector.FusedMultiplyAdd(left, b0, c50);
            c51 = TVector.FusedMultiplyAdd(left, b1, c51);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(float* row, out TVector left, out TVector right)
    {
        left = TVector.Load(row);
        right = TVector.Load(row + TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* row, ref TVector left, ref TVector right)
    {
        left = TVector.Load(row) + left;
        right = TVector.Load(row + TVector.Count) + right;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* row, TVector left, TVector right)
    {
        TVector.Store(left, row);
        TVector.Store(right, row + TVector.Count);
    }
}
