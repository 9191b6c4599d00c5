namespace DistributedTrainer.Data;

/// <summary>An array file: the first axis counts the rows. Owns its bytes.</summary>
/// <param name="Path">For messages.</param>
/// <param name="Type">Of one element.</param>
/// <param name="Shape">All axes, the rows' first.</param>
/// <param name="Block">Holds the elements in C order.</param>
/// <param name="Offset">Where in the block they begin, in bytes.</param>
internal sealed record DenseArray(string Path, ElementType Type, IReadOnlyList<int> Shape, ByteBlock Block, long Offset) : IDisposable
{
    public int Rows => Shape[0];

    public bool IsFloat => Type
        is ElementType.Float32 or ElementType.Float64 or ElementType.Float32BigEndian or ElementType.Float64BigEndian;

    /// <summary>Shape of one row; (1) where the array has one axis only.</summary>
    public IReadOnlyList<int> RowShape => Shape.Count == 1 ? [1] : [.. Shape.Skip(1)];

    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.Int16BigEndian => 2,
        ElementType.Float64 or ElementType.Float64BigEndian or ElementType.Int64 => 8,
        _ => 4,
    };

    /// <summary>Bytes of the elements of an array of this shape.</summary>
    /// <exception cref="DataException">No rows, an empty row, or more than 2³¹ − 1 rows or floats in a row.</exception>
    public static long ByteLength(string path, ElementType type, IReadOnlyList<long> shape)
    {
        var text = $"({string.Join(", ", shape)})";
        if (shape.Count == 0)
            throw new DataException($"{path}: a single number, shape (); rows are needed along the first axis.");
        if (shape.Any(size => size <= 0))
            throw new DataException($"{path}: shape {text} holds nothing.");
        var row = 1L;
        foreach (var size in shape.Skip(1))
            row = size > int.MaxValue / row ? long.MaxValue : row * size;
        if (shape[0] > int.MaxValue || row > int.MaxValue || row > long.MaxValue / SizeOf(type) / shape[0])
            throw new DataException($"{path}: shape {text} is too large: at most {int.MaxValue:N0} rows of {int.MaxValue:N0} elements.");
        return shape[0] * row * SizeOf(type);
    }

    public RowSource ToRows()
    {
        var length = RowShape.Aggregate(1, (product, size) => product * size);
        return Type switch
        {
            ElementType.UInt8 => new ByteRows(Block, Offset, Rows, length),
            ElementType.Int8 => new ArrayRows<Int8Format>(Block, Offset, Rows, length),
            ElementType.Int16BigEndian => new ArrayRows<Int16BigEndianFormat>(Block, Offset, Rows, length),
            ElementType.Int32BigEndian => new ArrayRows<Int32BigEndianFormat>(Block, Offset, Rows, length),
            ElementType.Float32BigEndian => new ArrayRows<Float32BigEndianFormat>(Block, Offset, Rows, length),
            ElementType.Float64BigEndian => new ArrayRows<Float64BigEndianFormat>(Block, Offset, Rows, length),
            ElementType.Int32 => new ArrayRows<Int32Format>(Block, Offset, Rows, length),
            ElementType.Int64 => new ArrayRows<Int64Format>(Block, Offset, Rows, length),
            ElementType.Float32 => new ArrayRows<Float32Format>(Block, Offset, Rows, length),
            ElementType.Float64 => new ArrayRows<Float64Format>(Block, Offset, Rows, length),
            _ => throw new InvalidOperationException($"No rows of {Type}."),
        };
    }

    public void Dispose() => Block.Dispose();
}
