using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Rearranges a block of op(B), (k, columns), into panels as wide as a register tile: panel after panel, each (k, width).
/// What missing columns of the last panel hold is of no matter, +0 or a copy: what a tile computes from them is never stored. k is not
/// padded.
/// </summary>
internal static unsafe class RightPacking<TVector>
    where TVector : struct, IVector<TVector>
{
    private static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => RegisterTile<TVector>.Columns;
    }

    /// <summary>Packs B stored (k, columns).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows(int k, int columns, float* b, int ldb, float* packed)
    {
        // Some rows of the source at a time: they stay in L1 while all panels take their columns from them.
        const int RowsAtOnce = 8;
        for (var start = 0; start < k; start += RowsAtOnce)
        {
            var end = Math.Min(k, start + RowsAtOnce);
            for (var column = 0; column < columns; column += Width)
            {
                var target = packed + (long)column * k + (long)start * Width;
                var source = b + (long)start * ldb + column;
                if (column + Width <= columns)
                    CopyRows(end - start, source, ldb, target);
                else
                    CopyTail(end - start, columns - column, source, ldb, target);
            }
        }
    }

    /// <summary>Packs B stored (columns, k).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackColumns(int k, int columns, float* b, int ldb, float* packed)
    {
        for (var panel = 0; panel < columns; panel += Width)
        {
            var present = Math.Min(Width, columns - panel);
            var column = 0;
            if (Avx.IsSupported && Width % 8 == 0)
            {
                for (; column < present; column += 8)
                    TransposeEight(k, present - column, b + (long)column * ldb, ldb, packed + column);
                for (; column < Width; column += 8)
                    ClearEight(k, packed + column);
            }

            for (; column < present; column++)
            {
                for (var p = 0; p < k; p++)
                    packed[(long)p * Width + column] = b[(long)column * ldb + p];
            }

            for (; column < Width; column++)
            {
                for (var p = 0; p < k; p++)
                    packed[(long)p * Width + column] = 0;
            }

            b += (long)Width * ldb;
            packed += (long)Width * k;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRows(int rows, float* source, int ldb, float* target)
    {
        for (; rows > 0; rows--)
        {
            TVector.Store(TVector.Load(source), target);
            TVector.Store(TVector.Load(source + TVector.Count), target + TVector.Count);
            source += ldb;
            target += Width;
        }
    }

    private static void CopyTail(int rows, int present, float* source, int ldb, float* target)
    {
        for (; rows > 0; rows--)
        {
            new ReadOnlySpan<float>(source, present).CopyTo(new Span<float>(target, present));
            new Span<float>(target + present, Width - present).Clear();
            source += ldb;
            target += Width;
        }
    }

    private static void ClearEight(int k, float* packed)
    {
        for (; k > 0; k--)
        {
            Vector256<float>.Zero.Store(packed);
            packed += Width;
        }
    }

    /// <summary>Eight stored rows of B become eight columns of a panel; rows that are not present are copies of the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeEight(int k, int present, float* b, int ldb, float* packed)
    {
        var last = Math.Min(8, present) - 1;
        var b1 = b + (long)Math.Min(1, last) * ldb;
        var b2 = b + (long)Math.Min(2, last) * ldb;
        var b3 = b + (long)Math.Min(3, last) * ldb;
        var b4 = b + (long)Math.Min(4, last) * ldb;
        var b5 = b + (long)Math.Min(5, last) * ldb;
        var b6 = b + (long)Math.Min(6, last) * ldb;
        var b7 = b + (long)Math.Min(7, last) * ldb;
        var p = 0;
        for (; p + 8 <= k; p += 8)
        {
            Transposition.Eight(b + p, b1 + p, b2 + p, b3 + p, b4 + p, b5 + p, b6 + p, b7 + p, packed, Width);
            packed += 8L * Width;
        }

        for (; p < k; p++)
        {
            packed[0] = b[p];
            packed[1] = b1[p];
            packed[2] = b2[p];
            packed[3] = b3[p];
            packed[4] = b4[p];
            packed[5] = b5[p];
            packed[6] = b6[p];
            packed[7] = b7[p];
            packed += Width;
        }
    }
}
