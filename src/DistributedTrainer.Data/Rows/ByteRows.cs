using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistributedTrainer.Data;

/// <summary>Rows of unsigned bytes: <see cref="ArrayRows{TFormat}"/> of <see cref="UInt8Format"/>, whole vectors at a time.</summary>
internal sealed unsafe class ByteRows(ByteBlock block, long offset, int count, int length) : RowSource
{
    public override int Count => count;

    public override int Length => length;

    public override bool IsBytes => true;

    public override void Read(int row, float* values) => Widen(block.Bytes + offset + (long)row * length, length, values);

    public override void Prefetch(int row) => CacheLines.Prefetch(block.Bytes + offset + (long)row * length, length);

    public override void Store(int row, byte* stored) =>
        new ReadOnlySpan<byte>(block.Bytes + offset + (long)row * length, length).CopyTo(new Span<byte>(stored, length));

    /// <summary>Bytes as floats.</summary>
    public static void Widen(byte* bytes, int length, float* values)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= length - Vector<byte>.Count; i += Vector<byte>.Count)
                Widen(Unsafe.ReadUnaligned<Vector<byte>>(bytes + i), values + i);
        }

        for (; i < length; i++)
            values[i] = bytes[i];
    }

    /// <summary>One vector of bytes to four vectors of floats; exact, so any vector width gives the same values.</summary>
    private static void Widen(Vector<byte> bytes, float* values)
    {
        Vector.Widen(bytes, out var low, out var high);
        Vector.Widen(low, out var first, out var second);
        Vector.Widen(high, out var third, out var fourth);
        var step = Vector<float>.Count;
        Unsafe.WriteUnaligned(values, Vector.ConvertToSingle(Vector.AsVectorInt32(first)));
        Unsafe.WriteUnaligned(values + step, Vector.ConvertToSingle(Vector.AsVectorInt32(second)));
        Unsafe.WriteUnaligned(values + 2 * step, Vector.ConvertToSingle(Vector.AsVectorInt32(third)));
        Unsafe.WriteUnaligned(values + 3 * step, Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)));
    }
}
