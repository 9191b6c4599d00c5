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
}
