using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>Hints to the cache, where the processor takes them. An address beyond the matrix does no harm.</summary>
internal static unsafe class Prefetch
{
    /// <summary>The first line of each of a tile's rows, which the next tile will read or write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows(float* tile, int stride)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(tile);
        Sse.Prefetch0(tile + stride);
        Sse.Prefetch0(tile + 2L * stride);
        Sse.Prefetch0(tile + 3L * stride);
        Sse.Prefetch0(tile + 4L * stride);
        Sse.Prefetch0(tile + 5L * stride);
    }

    /// <summary>All lines of some rows, of which each is read as a whole soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block(int rows, int columns, float* first, int stride)
    {
        const int Line = 16;
        if (!Sse.IsSupported)
            return;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column += Line)
                Sse.Prefetch0(first + (long)row * stride + column);
        }
    }
}
