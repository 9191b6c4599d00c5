using System.Text.Json;

namespace DistributedTrainer.Data;

/// <summary>
/// The header of a safetensors file: 8 bytes of length (unsigned, little-endian), then that many bytes of JSON,
/// <c>{name: {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {string: string}}</c>. The arrays follow without holes.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own bound, so that a damaged length does not ask for all memory.</summary>
    public const int MaxLength = 100_000_000;

    public const string Metadata = "__metadata__";

    /// <summary>Bits of an element by type.</summary>
    private static readonly Dictionary<string, int> Bits = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 8,
        ["U8"] = 8,
        ["I8"] = 8,
        ["F8_E5M2"] = 8,
        ["F8_E4M3"] = 8,
        ["U16"] = 16,
        ["I16"] = 16,
        ["F16"] = 16,
        ["BF16"] = 16,
        ["U32"] = 32,
        ["I32"] = 32,
        ["F32"] = 32,
        ["U64"] = 64,
        ["I64"] = 64,
        ["F64"] = 64,
    };

    /// <param name="json">The header without its length.</param>
    /// <param name="dataLength">Bytes after the header.</param>
    /// <param name="file">Named in errors.</param>
    /// <returns>The arrays in the order of their bytes, and the metadata.</returns>
    /// <exception cref="DataException">The header breaks a rule of the format.</exception>
    public static (IReadOnlyList<SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(
        ReadOnlyMemory<byte> json, long dataLength, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var tensors = new List<SafetensorsTensor>();
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != Metadata)
                    tensors.Add(Tensor(property, file));
                else
                    foreach (var pair in property.Value.EnumerateObject())
                        metadata.Add(pair.Name, pair.Value.GetString() ?? "");
            }

            tensors.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
            CheckCover(tensors, dataLength, file);
            return (tensors, metadata);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new DataException($"{file}: the safetensors header is not the JSON it must be: {exception.Message}", exception);
        }
    }

    private static SafetensorsTensor Tensor(JsonProperty property, string file)
    {
        var offsets = property.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new DataException($"{file}: array '{property.Name}' has {offsets.GetArrayLength()} data_offsets; there must be two, begin and end");
        var tensor = new SafetensorsTensor(
            property.Name,
            property.Value.GetProperty("dtype").GetString() ?? "",
            [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
            offsets[0].GetInt64(),
            offsets[1].GetInt64());
        if (!Bits.TryGetValue(tensor.Type, out var bits))
            throw new DataException($"{file}: array '{tensor.Name}' has dtype '{tensor.Type}'; known are {string.Join(", ", Bits.Keys)}");
        var bytes = bits / 8 * Elements(tensor, file);
        if (tensor.End - tensor.Begin != bytes)
        {
            throw new DataException(
                $"{file}: array '{tensor.Name}' of {tensor.ShapeText} {tensor.Type} needs {bytes} bytes; its data_offsets {tensor.Begin} to {tensor.End} give {tensor.End - tensor.Begin}");
        }

        return tensor;
    }

    private static Int128 Elements(SafetensorsTensor tensor, string file)
    {
        Int128 elements = 1;
        foreach (var size in tensor.Shape)
        {
            elements *= size;
            if (size < 0 || elements > long.MaxValue)
                throw new DataException($"{file}: array '{tensor.Name}' has the impossible shape {tensor.ShapeText}");
        }

        return elements;
    }

    private static void CheckCover(List<SafetensorsTensor> tensors, long dataLength, string file)
    {
        long covered = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Begin != covered)
                throw new DataException($"{file}: array '{tensor.Name}' begins at byte {tensor.Begin} of the data, not at {covered}, where the one before ends");
            covered = tensor.End;
        }

        if (covered != dataLength)
            throw new DataException($"{file}: the arrays take {covered} bytes, but {dataLength} follow the header; the file is {(dataLength < covered ? "truncated" : "too long")}");
    }
}
