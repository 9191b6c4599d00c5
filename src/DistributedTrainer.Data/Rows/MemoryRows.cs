namespace DistributedTrainer.Data;

/// <summary>Rows of floats in an array (rows, length).</summary>
internal sealed unsafe class MemoryRows(float[] values, int length) : RowSource
{
    public override int Count { get; } = values.Length / length;

    public override int Length => length;

    public override void Read(int row, float* destination) =>
        values.AsSpan(row * length, length).CopyTo(new Span<float>(destination, length));

    public override void Prefetch(int row)
    {
        fixed (float* first = &values[row * length])
            CacheLines.Prefetch((byte*)first, (long)length * sizeof(float));
    }
}
