using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>Small matrices turned over, in blocks of 8 by 8 where the processor can shuffle 256 bits.</summary>
public static unsafe class Transposition
{
    /// <summary>target (columns, rows) = sourceᵀ with source (rows, columns); strides count floats between rows. They must not overlap.</summary>
    public static void Run(int rows, int columns, float* source, int sourceStride, float* target, int targetStride)
    {
        var row = 0;
        for (; Avx.IsSupported && row + 8 <= rows; row += 8)
        {
            var column = 0;
            for (; column + 8 <= columns; column += 8)
            {
                var from = source + column;
                Eight(
                    from, from + sourceStride, from + 2L * sourceStride, from + 3L * sourceStride, from + 4L * sourceStride,
                    from + 5L * sourceStride, from + 6L * sourceStride, from + 7L * sourceStride,
                    target + (long)column * targetStride + row, targetStride);
            }

            Plain(8, column, columns, source, sourceStride, target + row, targetStride);
            source += 8L * sourceStride;
        }

        Plain(rows - row, 0, columns, source, sourceStride, target + row, targetStride);
    }

    /// <summary>Eight floats of each of eight rows become eight rows of eight floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Eight(
        float* row0, float* row1, float* row2, float* row3, float* row4, float* row5, float* row6, float* row7, float* target, int stride)
    {
        var v0 = Vector256.Load(row0);
        var v1 = Vector256.Load(row1);
        var v2 = Vector256.Load(row2);
        var v3 = Vector256.Load(row3);
        var v4 = Vector256.Load(row4);
        var v5 = Vector256.Load(row5);
        var v6 = Vector256.Load(row6);
        var v7 = Vector256.Load(row7);
        EightByEight.Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        v0.Store(target);
        v1.Store(target + stride);
        v2.Store(target + 2L * stride);
        v3.Store(target + 3L * stride);
        v4.Store(target + 4L * stride);
        v5.Store(target + 5L * stride);
        v6.Store(target + 6L * stride);
        v7.Store(target + 7L * stride);
    }

    private static void Plain(int rows, int firstColumn, int columns, float* source, int sourceStride, float* target, int targetStride)
    {
        for (var column = firstColumn; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
                target[(long)column * targetStride + row] = source[(long)row * sourceStride + column];
        }
    }
}
