using System.Buffers.Binary;

namespace DistributedTrainer.Data;

/// <summary>How one stored element becomes a float32: rounded to nearest where float32 cannot hold it.</summary>
internal interface IElementFormat
{
    static abstract int Size { get; }

    static abstract unsafe float Load(byte* element);
}

internal readonly struct UInt8Format : IElementFormat
{
    public static int Size => 1;

    public static unsafe float Load(byte* element) => *element;
}

internal readonly struct Int8Format : IElementFormat
{
    public static int Size => 1;

    public static unsafe float Load(byte* element) => (sbyte)*element;
}

internal readonly struct Int16BigEndianFormat : IElementFormat
{
    public static int Size => 2;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadInt16BigEndian(new ReadOnlySpan<byte>(element, 2));
}

internal readonly struct Int32BigEndianFormat : IElementFormat
{
    public static int Size => 4;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(element, 4));
}

internal readonly struct Float32BigEndianFormat : IElementFormat
{
    public static int Size => 4;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadSingleBigEndian(new ReadOnlySpan<byte>(element, 4));
}

internal readonly struct Float64BigEndianFormat : IElementFormat
{
    public static int Size => 8;

    public static unsafe float Load(byte* element) => (float)BinaryPrimitives.ReadDoubleBigEndian(new ReadOnlySpan<byte>(element, 8));
}

internal readonly struct Int32Format : IElementFormat
{
    public static int Size => 4;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(element, 4));
}

internal readonly struct Int64Format : IElementFormat
{
    public static int Size => 8;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(element, 8));
}

internal readonly struct Float32Format : IElementFormat
{
    public static int Size => 4;

    public static unsafe float Load(byte* element) => BinaryPrimitives.ReadSingleLittleEndian(new ReadOnlySpan<byte>(element, 4));
}

internal readonly struct Float64Format : IElementFormat
{
    public static int Size => 8;

    public static unsafe float Load(byte* element) => (float)BinaryPrimitives.ReadDoubleLittleEndian(new ReadOnlySpan<byte>(element, 8));
}
