using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>A pooled block of floats that several consumers share: the last one that releases it returns it to its pool.</summary>
public sealed unsafe class TensorBuffer
{
    private readonly BufferPool _pool;
    private int _holders;

    internal TensorBuffer(BufferPool pool, int capacity)
    {
        _pool = pool;
        Memory = new FloatBuffer(capacity);
    }

    internal FloatBuffer Memory { get; }

    public int Capacity => Memory.Length;

    public float* Pointer => Memory.Pointer;

    public Span<byte> Bytes => Memory.Bytes;

    public Span<float> Floats => Memory.Span;

    /// <summary>Adds a holder, who must release.</summary>
    public TensorBuffer Retain()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <exception cref="InvalidOperationException">Released more often than held: a defect.</exception>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _holders);
        if (left < 0)
            throw new InvalidOperationException("A tensor buffer was released twice.");
        if (left == 0)
            _pool.Return(this);
    }

    internal bool IsOf(BufferPool pool) => _pool == pool;

    internal void Take() => _holders = 1;
}
