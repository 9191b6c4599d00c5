using System.Buffers.Binary;

namespace DistributedTrainer.Data;

/// <summary>
/// IDX, the format of MNIST: bytes 0, 0, element type, number of axes; a big-endian u32 size an axis; the elements, big-endian, C order.
/// Plain files are mapped; gzipped ones are decompressed into memory.
/// </summary>
internal static class IdxFile
{
    private const int AxesMax = 8;

    public static bool IsIdx(ReadOnlySpan<byte> beginning) => beginning is [0, 0, >= 0x08 and <= 0x0e, >= 1 and <= AxesMax, ..];

    /// <exception cref="DataException">Missing, truncated, longer than its header says, or no IDX file.</exception>
    public static DenseArray Open(string path)
    {
        var beginning = DataFile.Beginning(path, 4 + 4 * AxesMax);
        if (Gzip.IsGzip(beginning))
        {
            Header? header = null;
            var content = Gzip.Decompress(path, bytes => (header = ReadHeader(path, bytes)).FileLength);
            return header!.ToArray(path, content);
        }

        return OpenPlain(path, ReadHeader(path, beginning));
    }

    private static DenseArray OpenPlain(string path, Header header)
    {
        var file = MappedFile.Open(path);
        if (file.Length != header.FileLength)
        {
            using var closed = file;
            throw new DataException(file.Length < header.FileLength
                ? $"{path}: truncated: {file.Length:N0} of {header.FileLength:N0} bytes, for shape ({string.Join(", ", header.Shape)})."
                : $"{path}: {file.Length - header.FileLength:N0} bytes more than shape ({string.Join(", ", header.Shape)}) needs.");
        }

        return header.ToArray(path, file);
    }

    private static Header ReadHeader(string path, ReadOnlySpan<byte> beginning)
    {
        if (beginning.Length == 0)
            throw new DataException($"{path}: the file is empty.");
        if (beginning.Length < 4)
            throw new DataException($"{path}: truncated: {beginning.Length} bytes; an IDX header has 8 at least.");
        if (beginning[0] != 0 || beginning[1] != 0)
        {
            throw new DataException($"{path}: not an IDX file: it begins with {Convert.ToHexStringLower(beginning[..4])}, "
                + "an IDX file with 0000, the element type and the number of axes (plain, or gzipped).");
        }

        var type = beginning[2] switch
        {
            0x08 => ElementType.UInt8,
            0x09 => ElementType.Int8,
            0x0B => ElementType.Int16BigEndian,
            0x0C => ElementType.Int32BigEndian,
            0x0D => ElementType.Float32BigEndian,
            0x0E => ElementType.Float64BigEndian,
            var other => throw new DataException(
                $"{path}: IDX element type {other:x2} is unknown; 08 u8, 09 i8, 0b i16, 0c i32, 0d f32 and 0e f64 are known."),
        };
        int axes = beginning[3];
        if (axes is < 1 or > AxesMax)
            throw new DataException($"{path}: {axes} axes in the IDX header; 1 to {AxesMax} are allowed.");
        var headerLength = 4 + 4 * axes;
        if (beginning.Length < headerLength)
            throw new DataException($"{path}: truncated: {beginning.Length} of the header's {headerLength} bytes.");

        var shape = new long[axes];
        for (var axis = 0; axis < axes; axis++)
            shape[axis] = BinaryPrimitives.ReadUInt32BigEndian(beginning[(4 + 4 * axis)..]);
        var fileLength = headerLength + DenseArray.ByteLength(path, type, shape);
        return new Header(type, [.. shape.Select(size => (int)size)], headerLength, fileLength);
    }

    private sealed record Header(ElementType Type, IReadOnlyList<int> Shape, int Length, long FileLength)
    {
        public DenseArray ToArray(string path, ByteBlock block) => new(path, Type, Shape, block, Length);
    }
}
