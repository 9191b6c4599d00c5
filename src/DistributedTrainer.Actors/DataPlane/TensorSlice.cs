namespace DistributedTrainer.Actors;

/// <summary>A part of a pooled buffer: what a frame carries. Whoever is handed one with a buffer holds the buffer, and releases it.</summary>
/// <param name="Buffer">Null for a frame without payload.</param>
/// <param name="Offset">First float.</param>
/// <param name="Length">Number of floats.</param>
public readonly record struct TensorSlice(TensorBuffer? Buffer, int Offset, int Length)
{
    /// <summary>The floats as the wire has them, little-endian.</summary>
    public Span<byte> Bytes => Buffer is null ? [] : Buffer.Bytes.Slice(Offset * sizeof(float), Length * sizeof(float));

    public Span<float> Floats => Buffer is null ? [] : Buffer.Floats.Slice(Offset, Length);

    public void Release() => Buffer?.Release();
}
