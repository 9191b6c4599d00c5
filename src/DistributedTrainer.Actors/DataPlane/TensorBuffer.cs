using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// A pooled block of floats that several consumers share: the last one that releases it returns it to its pool. Large ones lie in the
/// process's <see cref="SharedArena"/> where there is one.
/// </summary>
public sealed unsafe class TensorBuffer
{
    private readonly BufferPool _pool;
    private readonly SharedBlock? _shared;
    private readonly FloatBuffer? _own;
    private int _holders;

    internal TensorBuffer(BufferPool pool, int capacity)
    {
        (_pool, Capacity) = (pool, capacity);
        _shared = SharedArena.Current?.Allocate((long)capacity * sizeof(float));
        _own = _shared is null ? new FloatBuffer(capacity) : null;
        Pointer = _shared is null ? _own!.Pointer : (float*)_shared.Start;
    }

    /// <summary>Floats.</summary>
    public int Capacity { get; }

    public float* Pointer { get; }

    public Span<byte> Bytes => new(Pointer, Capacity * sizeof(float));

    public Span<float> Floats => new(Pointer, Capacity);

    /// <summary>Whether other processes can read it.</summary>
    internal bool IsShared => _shared is not null;

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

    /// <summary>Where other processes find what stands there from this float on, until the last holder has released it.</summary>
    internal SharedPlace PlaceOf(int offset) => _shared!.Place((long)offset * sizeof(float));

    internal void Take()
    {
        _holders = 1;
        _shared?.BeginUse();
    }
}
