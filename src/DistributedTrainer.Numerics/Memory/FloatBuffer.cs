using System.Runtime.InteropServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// A block of float32 values outside the garbage-collected heap, aligned to 64 bytes (one cache line, one 512-bit vector).
/// It does not move, so kernels and sockets may hold its address for as long as it lives.
/// </summary>
public sealed unsafe class FloatBuffer : IDisposable
{
    public const int Alignment = 64;

    private float* _pointer;

    /// <summary>Allocates <paramref name="length"/> floats, all +0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public FloatBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = (nuint)Math.Max(1, length) * sizeof(float);
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_pointer, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    ~FloatBuffer() => Free();

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>Address of the first float.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been freed.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    public Span<float> Span => new(Pointer, Length);

    /// <summary>The same memory as little-endian bytes, as files and the wire have it.</summary>
    public Span<byte> Bytes => MemoryMarshal.AsBytes(Span);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer is null)
            return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        GC.RemoveMemoryPressure((long)Math.Max(1, Length) * sizeof(float));
    }
}
