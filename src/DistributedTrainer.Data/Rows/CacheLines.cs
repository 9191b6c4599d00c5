using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Data;

/// <summary>Hints to the cache, where the processor takes them.</summary>
internal static unsafe class CacheLines
{
    private const int Length = 64;

    /// <summary>Asks for a run of bytes that will be read soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* first, long bytes)
    {
        if (!Sse.IsSupported)
            return;
        for (long i = 0; i < bytes; i += Length)
            Sse.Prefetch0(first + i);
    }
}
