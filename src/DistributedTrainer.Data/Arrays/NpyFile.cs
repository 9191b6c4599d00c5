using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DistributedTrainer.Data;

/// <summary>
/// NumPy's .npy, versions 1.0 and 2.0 (numpy.lib.format): <c>\x93NUMPY</c>, version, header length (u16 or u32, little-endian), the
/// header as a Python dict, the elements. Taken: f4, f8, i4, i8 (little-endian) and u1, in C order. Always mapped.
/// </summary>
internal static partial class NpyFile
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static bool IsNpy(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <exception cref="DataException">Missing, truncated, longer than its header says, or of a kind not taken.</exception>
    public static DenseArray Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static unsafe DenseArray Read(string path, MappedFile file)
    {
        var beginning = new ReadOnlySpan<byte>(file.Bytes, (int)long.Min(file.Length, int.MaxValue));
        if (!IsNpy(beginning))
        {
            var found = Convert.ToHexStringLower(beginning[..int.Min(Magic.Length, beginning.Length)]);
            throw new DataException($"{path}: not a .npy file: it begins with {found}, a .npy file with {Convert.ToHexStringLower(Magic)}.");
        }

        if (beginning.Length < 12)
            throw new DataException($"{path}: truncated: {beginning.Length} bytes end inside the header.");
        var (start, headerLength) = (beginning[6], beginning[7]) switch
        {
            (1, 0) => (10, BinaryPrimitives.ReadUInt16LittleEndian(beginning[8..])),
            (2, 0) => (12, (long)BinaryPrimitives.ReadUInt32LittleEndian(beginning[8..])),
            var (major, minor) => throw new DataException($"{path}: .npy version {major}.{minor}; 1.0 and 2.0 are read."),
        };
        if (start + headerLength > beginning.Length)
            throw new DataException($"{path}: truncated: the header ends at byte {start + headerLength:N0}, the file at {file.Length:N0}.");

        var header = Encoding.Latin1.GetString(beginning.Slice(start, (int)headerLength)).Trim();
        var (type, shape) = Parse(path, header);
        var offset = start + headerLength;
        var expected = offset + DenseArray.ByteLength(path, type, shape);
        if (file.Length != expected)
        {
            throw new DataException(file.Length < expected
                ? $"{path}: truncated: {file.Length:N0} of {expected:N0} bytes, for shape ({string.Join(", ", shape)})."
                : $"{path}: {file.Length - expected:N0} bytes more than shape ({string.Join(", ", shape)}) needs.");
        }

        return new DenseArray(path, type, [.. shape.Select(size => (int)size)], file, offset);
    }

    private static (ElementType Type, long[] Shape) Parse(string path, string header)
    {
        var description = Description().Match(header);
        var order = FortranOrder().Match(header);
        var axes = Shape().Match(header);
        if (!description.Success || !order.Success || !axes.Success)
        {
            throw new DataException($"{path}: the .npy header {Shorten(header)} is not understood: "
                + "descr, fortran_order and shape of a plain array are needed.");
        }

        var type = description.Groups[1].Value switch
        {
            "<f4" => ElementType.Float32,
            "<f8" => ElementType.Float64,
            "|u1" or "<u1" => ElementType.UInt8,
            "<i4" => ElementType.Int32,
            "<i8" => ElementType.Int64,
            var other => throw new DataException($"{path}: elements of type '{other}'; '<f4', '<f8', '|u1', '<i4' and '<i8' are read. "
                + "Convert with array.astype('<f4')."),
        };
        if (order.Groups[1].Value == "True")
            throw new DataException($"{path}: Fortran order (columns first); C order is read. Save numpy.ascontiguousarray(array).");

        var shape = new List<long>();
        foreach (var axis in axes.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw new DataException($"{path}: '{Shorten(axis)}' in the .npy header's shape is not a size.");
            shape.Add(size);
        }

        return (type, [.. shape]);
    }

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex Description();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex FortranOrder();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex Shape();
}
