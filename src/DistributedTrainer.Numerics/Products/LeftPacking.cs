using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Rearranges a block of op(A), (rows, k), into panels of 6 rows: panel after panel, each (k, 6), the last with the rows
/// that are left. The register tile then reads A from first to last.
/// </summary>
internal static unsafe class LeftPacking
{
    private const int PanelRows = 6;

    /// <summary>Packs A stored (rows, k).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows(int rows, int k, float* a, int lda, float* packed)
    {
        for (; rows > 0; rows -= PanelRows)
        {
            var panelRows = Math.Min(rows, PanelRows);
            var p = 0;
            if (Sse.IsSupported && panelRows == PanelRows)
                p = InterleaveSix(k, a, lda, packed);
            for (; p < k; p++)
            {
                for (var row = 0; row < panelRows; row++)
                    packed[(long)p * panelRows + row] = a[(long)row * lda + p];
            }

            a += (long)PanelRows * lda;
            packed += (long)panelRows * k;
        }
    }

    /// <summary>Packs A stored (k, rows).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackColumns(int rows, int k, float* a, int lda, float* packed)
    {
        // Some rows of the source at a time: they stay in L1 while all panels take their columns from them.
        const int RowsAtOnce = 8;
        for (var start = 0; start < k; start += RowsAtOnce)
        {
            var end = Math.Min(k, start + RowsAtOnce);
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

            var left = rows - row;
            for (var p = start; p < end; p++)
            {
                for (var i = 0; i < left; i++)
                    packed[(long)row * k + (long)p * left + i] = a[(long)p * lda + row + i];
            }
        }
    }

    /// <summary>Six rows, four steps of k at a time; returns the steps done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InterleaveSix(int k, float* a, int lda, float* packed)
    {
        var p = 0;
        for (; p + 4 <= k; p += 4)
        {
            var row0 = Vector128.Load(a + p);
            var row1 = Vector128.Load(a + (long)lda + p);
            var row2 = Vector128.Load(a + 2L * lda + p);
            var row3 = Vector128.Load(a + 3L * lda + p);
            var row4 = Vector128.Load(a + 4L * lda + p);
            var row5 = Vector128.Load(a + 5L * lda + p);
            var low01 = Sse.UnpackLow(row0, row1);
            var low23 = Sse.UnpackLow(row2, row3);
            var low45 = Sse.UnpackLow(row4, row5);
            var high01 = Sse.UnpackHigh(row0, row1);
            var high23 = Sse.UnpackHigh(row2, row3);
            var high45 = Sse.UnpackHigh(row4, row5);
            Sse.MoveLowToHigh(low01, low23).Store(packed);
            Sse.MoveHighToLow(low23, low01).Store(packed + 6);
            Sse.StoreLow(packed + 4, low45);
            Sse.StoreHigh(packed + 10, low45);
            Sse.MoveLowToHigh(high01, high23).Store(packed + 12);
            Sse.StoreLow(packed + 16, high45);
            Sse.MoveHighToLow(high23, high01).Store(packed + 18);
            Sse.StoreHigh(packed + 22, high45);
            packed += 4 * PanelRows;
        }

        return p;
    }
}
