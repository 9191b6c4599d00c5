using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Rearranges a block of op(A), (rows, k), into panels of 6 rows: panel after panel, each (k, 6); the last is (k, 4) if that
/// holds the rows that are left. The register tile then reads A from first to last.
/// </summary>
internal static unsafe class LeftPacking
{
    /// <summary>Rows of a panel.</summary>
    public const int PanelRows = 6;

    private const int LowPanelRows = 4;

    /// <summary>Rows of the panel that holds the first of <paramref name="left"/> rows.</summary>
    public static int HeightOf(int left) => left > LowPanelRows ? PanelRows : LowPanelRows;

    /// <summary>Floats that a packed block takes.</summary>
    public static long Length(int rows, int k) => ((long)rows + PanelRows) * k;

    /// <summary>Packs A stored (rows, k). Rows that the last panel lacks repeat its last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows(int rows, int k, float* a, int lda, float* packed)
    {
        for (; rows > 0; rows -= PanelRows)
        {
            var height = HeightOf(rows);
            var last = Math.Min(rows, height) - 1;
            var a1 = a + (long)Math.Min(1, last) * lda;
            var a2 = a + (long)Math.Min(2, last) * lda;
            var a3 = a + (long)Math.Min(3, last) * lda;
            var a4 = a + (long)Math.Min(4, last) * lda;
            var a5 = a + (long)Math.Min(5, last) * lda;
            var p = 0;
            if (Sse.IsSupported)
            {
                for (; p + 4 <= k; p += 4)
                {
                    if (height == PanelRows)
                        InterleaveSix(a + p, a1 + p, a2 + p, a3 + p, a4 + p, a5 + p, packed);
                    else
                        InterleaveFour(a + p, a1 + p, a2 + p, a3 + p, packed);
                    packed += 4 * height;
                }
            }

            for (; p < k; p++)
            {
                packed[0] = a[p];
                packed[1] = a1[p];
                packed[2] = a2[p];
                packed[3] = a3[p];
                if (height == PanelRows)
                {
                    packed[4] = a4[p];
                    packed[5] = a5[p];
                }

                packed += height;
            }

            a += (long)PanelRows * lda;
        }
    }

    /// <summary>Packs A stored (k, rows). Rows that the last panel lacks are +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackColumns(int rows, int k, float* a, int lda, float* packed)
    {
        // Some rows of the source at a time: they stay in L1 while all panels take their columns from them.
        const int RowsAtOnce = 8;
        for (var start = 0; start < k; start += RowsAtOnce)
        {
            var end = Math.Min(k, start + RowsAtOnce);
            if (end + RowsAtOnce <= k)
                Prefetch.Block(RowsAtOnce, rows, a + (long)end * lda, lda); // they lie apart: the processor does not see them coming
            var row = 0;
            for (; row + PanelRows <= rows; row += PanelRows)
            {
                var target = packed + (long)row * k + (long)start * PanelRows;
                var source = a + (long)start * lda + row;
                for (var p = start; p < end; p++)
                {
                    *(long*)target = *(long*)source;
                    *(long*)(target + 2) = *(long*)(source + 2);
                    *(long*)(target + 4) = *(long*)(source + 4);
                    target += PanelRows;
                    source += lda;
                }
            }

            if (row < rows)
                PackLastColumns(rows - row, start, end, a + row, lda, packed + (long)row * k);
        }
    }

    private static void PackLastColumns(int rows, int start, int end, float* a, int lda, float* panel)
    {
        var height = HeightOf(rows);
        for (var p = start; p < end; p++)
        {
            for (var row = 0; row < height; row++)
                panel[(long)p * height + row] = row < rows ? a[(long)p * lda + row] : 0;
        }
    }

    /// <summary>Four steps of k of six rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterleaveSix(float* a0, float* a1, float* a2, float* a3, float* a4, float* a5, float* packed)
    {
        var row0 = Vector128.Load(a0);
        var row1 = Vector128.Load(a1);
        var row2 = Vector128.Load(a2);
        var row3 = Vector128.Load(a3);
        var row4 = Vector128.Load(a4);
        var row5 = Vector128.Load(a5);
        var low01 = Sse.UnpackLow(row0, row1);
        var low23 = Sse.UnpackLow(row2, row3);
        var low45 = Sse.UnpackLow(row4, row5);
        var high01 = Sse.UnpackHigh(row0, row1);
        var high23 = Sse.UnpackHigh(row2, row3);
        var high45 = Sse.UnpackHigh(row4, row5);
        Sse.MoveLowToHigh(low01, low23).Store(packed);
        Sse.StoreLow(packed + 4, low45);
        Sse.MoveHighToLow(low23, low01).Store(packed + 6);
        Sse.StoreHigh(packed + 10, low45);
        Sse.MoveLowToHigh(high01, high23).Store(packed + 12);
        Sse.StoreLow(packed + 16, high45);
        Sse.MoveHighToLow(high23, high01).Store(packed + 18);
        Sse.StoreHigh(packed + 22, high45);
    }

    /// <summary>Four steps of k of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterleaveFour(float* a0, float* a1, float* a2, float* a3, float* packed)
    {
        var row0 = Vector128.Load(a0);
        var row1 = Vector128.Load(a1);
        var row2 = Vector128.Load(a2);
        var row3 = Vector128.Load(a3);
        var low01 = Sse.UnpackLow(row0, row1);
        var low23 = Sse.UnpackLow(row2, row3);
        var high01 = Sse.UnpackHigh(row0, row1);
        var high23 = Sse.UnpackHigh(row2, row3);
        Sse.MoveLowToHigh(low01, low23).Store(packed);
        Sse.MoveHighToLow(low23, low01).Store(packed + 4);
        Sse.MoveLowToHigh(high01, high23).Store(packed + 8);
        Sse.MoveHighToLow(high23, high01).Store(packed + 12);
    }
}
