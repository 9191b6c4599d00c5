using System.Collections.Concurrent;
using System.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>Reuses tensor buffers by size class (powers of two from 1,024 floats), so that steady state allocates none.</summary>
public sealed class BufferPool
{
    private const int SmallestClass = 10;
    private readonly ConcurrentBag<TensorBuffer>[] _free = [.. Enumerable.Range(0, 32).Select(_ => new ConcurrentBag<TensorBuffer>())];

    private int _made;

    /// <summary>Buffers that there are, lent or free.</summary>
    internal int Made => Volatile.Read(ref _made);

    /// <summary>A buffer of at least <paramref name="floats"/> floats with one holder. Its contents are undefined.</summary>
    public TensorBuffer Rent(int floats)
    {
        var sizeClass = Math.Max(SmallestClass, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, floats))));
        // Above 4 Mi floats a power of two wastes too much memory: those are kept at their exact size.
        var capacity = sizeClass <= 22 ? 1 << sizeClass : floats;
        if (!_free[sizeClass].TryTake(out var buffer) || buffer.Capacity < floats)
        {
            buffer = new TensorBuffer(this, capacity);
            Interlocked.Increment(ref _made);
        }

        buffer.Take();
        return buffer;
    }

    internal void Return(TensorBuffer buffer) =>
        _free[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)buffer.Capacity))].Add(buffer);
}
