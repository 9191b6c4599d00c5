using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The last elements of an array, fewer than a vector holds, through a small block on the stack: a tail goes through the same
/// formula as the whole vectors before it, and nothing is read or written past the array's end.
/// </summary>
public static unsafe class VectorTail
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others <paramref name="filler"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TVector>(float* source, int count, float filler = 0f)
        where TVector : struct, IVector<TVector>
    {
        var block = stackalloc float[16];
        TVector.Store(TVector.Broadcast(filler), block);
        for (var lane = 0; lane < count; lane++)
            block[lane] = source[lane];
        return TVector.Load(block);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVector>(TVector value, float* destination, int count)
        where TVector : struct, IVector<TVector>
    {
        var block = stackalloc float[16];
        TVector.Store(value, block);
        for (var lane = 0; lane < count; lane++)
            destination[lane] = block[lane];
    }
}
