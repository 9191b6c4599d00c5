namespace DistributedTrainer.Data;

/// <summary>Rows of a dense array in a block of bytes (mapped or in memory), converted on reading.</summary>
internal sealed unsafe class ArrayRows<TFormat>(ByteBlock block, long offset, int count, int length) : RowSource
    where TFormat : struct, IElementFormat
{
    public override int Count => count;

    public override int Length => length;

    public override void Read(int row, float* values)
    {
        var element = block.Bytes + offset + (long)row * length * TFormat.Size;
        for (var i = 0; i < length; i++, element += TFormat.Size)
            values[i] = TFormat.Load(element);
    }
}
