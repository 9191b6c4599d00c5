using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DistributedTrainer.Data;

/// <summary>Writes float32 arrays as a safetensors file that PyTorch's and NumPy's loaders read.</summary>
public static class SafetensorsWriter
{
    /// <summary>The data begin at a multiple of this, so that they may be mapped as floats.</summary>
    private const int HeaderAlignment = 8;

    /// <param name="output">Left open; its position need not be 0.</param>
    /// <param name="tensors">Names and shapes, in the order of their values.</param>
    /// <param name="values">All arrays' values, one array after the other, each in C order.</param>
    /// <param name="metadata">Free text about the file.</param>
    /// <exception cref="ArgumentException">The shapes do not add up to the values, or a name stands twice.</exception>
    /// <exception cref="NotSupportedException">The machine is big-endian.</exception>
    public static void Write(
        Stream output, IReadOnlyList<(string Name, IReadOnlyList<int> Shape)> tensors, ReadOnlySpan<float> values,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, end) = Header(tensors, metadata);
        if (end != values.Length * (long)sizeof(float))
            throw new ArgumentException($"the shapes need {end / sizeof(float)} floats; {values.Length} are given", nameof(values));
        WriteHeader(output, header);
        output.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>The same where the values do not lie in one block: writes what comes before them.</summary>
    /// <param name="output">The caller writes all arrays' values after this, in the same order.</param>
    /// <exception cref="ArgumentException">A name stands twice.</exception>
    /// <exception cref="NotSupportedException">The machine is big-endian.</exception>
    public static void Begin(
        Stream output, IReadOnlyList<(string Name, IReadOnlyList<int> Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        WriteHeader(output, Header(tensors, metadata).Header);

    private static void WriteHeader(Stream output, byte[] header)
    {
        if (!BitConverter.IsLittleEndian)
            throw new NotSupportedException("safetensors files are little-endian, and this machine is not");
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        output.Write(length);
        output.Write(header);
    }

    private static (byte[] Header, long End) Header(
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var bytes = new MemoryStream();
        long end = 0;
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (metadata is not null)
                WriteMetadata(json, metadata);
            var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.Metadata };
            foreach (var (name, shape) in tensors)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"the name '{name}' is taken", nameof(tensors));
                end = WriteTensor(json, name, shape, end);
            }

            json.WriteEndObject();
        }

        while (bytes.Length % HeaderAlignment != 0)
            bytes.WriteByte((byte)' ');
        return (bytes.ToArray(), end);
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.Metadata);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static long WriteTensor(Utf8JsonWriter json, string name, IReadOnlyList<int> shape, long begin)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", "F32");
        json.WriteStartArray("shape");
        foreach (var size in shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        var end = begin + shape.Aggregate((long)sizeof(float), (bytes, size) => checked(bytes * size));
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
