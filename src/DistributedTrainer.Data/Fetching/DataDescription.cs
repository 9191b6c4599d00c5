using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DistributedTrainer.Data;

/// <summary>
/// What a node without a data set's files must know of it: everything that was fitted or drawn on the whole set, by a node that has them,
/// and how the rows are stored. Only the rows themselves are missing.
/// </summary>
public sealed record DataDescription
{
    /// <summary>A description is refused beyond this: some 190 million rows.</summary>
    public const int MostBytes = 64 << 20;

    public required string Sha256 { get; init; }

    /// <summary>Normalization, classes, vocabulary, columns, shapes.</summary>
    public required Preparation Preparation { get; init; }

    /// <summary>Names of the input columns after one-hot coding.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Stored rows of each file: the main one, then those of parts with a file of their own.</summary>
    public required IReadOnlyList<int> Rows { get; init; }

    /// <summary>Bytes of a stored row.</summary>
    public required int RowBytes { get; init; }

    /// <summary>An input value, or a token, is a byte.</summary>
    public required bool AreBytes { get; init; }

    /// <summary>Whether validation, and test, have a file of their own.</summary>
    public bool HasValidationFile { get; init; }

    public bool HasTestFile { get; init; }

    /// <summary>A bit for each row of the main file: set for those that are in the validation part. Null for none.</summary>
    public byte[]? ValidationRows { get; init; }

    public byte[]? TestRows { get; init; }

    /// <summary>For text: its parts, and the tokens of each file.</summary>
    public TextLayout? Text { get; init; }

    public IReadOnlyList<long> Tokens { get; init; } = [];

    /// <summary>Of all files.</summary>
    [JsonIgnore]
    public int RowCount => Rows.Sum();

    /// <exception cref="DataException">The set is too large to be described.</exception>
    public byte[] ToBytes()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this, DataDescriptionJson.Default.DataDescription);
        return bytes.Length <= MostBytes
            ? bytes
            : throw new DataException($"the data's description has {bytes.Length:#,0} bytes, and {MostBytes:#,0} at most are sent to nodes without the data");
    }

    /// <param name="bytes">From another node: anything.</param>
    /// <exception cref="DataException">It is no description, or contradicts itself.</exception>
    public static DataDescription Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var description = JsonSerializer.Deserialize(bytes, DataDescriptionJson.Default.DataDescription)
                ?? throw new JsonException("it is null");
            if (DescriptionCheck.Fault(description) is { } fault)
                throw new DataException($"the data's description contradicts itself: {fault}");
            return description;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or DecoderFallbackException or OverflowException or ArgumentException)
        {
            throw new DataException($"the data's description cannot be read: {error.Message}", error);
        }
    }

    internal static DataDescription Of(DataSet data, DataLayout layout) => new()
    {
        Sha256 = data.Sha256,
        Preparation = data.Preparation,
        Columns = data.Columns,
        Rows = layout.Stored.Count <= Array.MaxLength
            ? layout.Stored.Counts
            : throw new DataException($"{layout.Stored.Count:N0} rows; nodes without the data can fetch them from sets of {Array.MaxLength:N0} at most"),
        RowBytes = layout.Stored.RowBytes,
        AreBytes = layout.AreBytes,
        HasValidationFile = layout.Split is { Validation.Length: 0 } && data.Validation is not null,
        HasTestFile = layout.Split is { Test.Length: 0 } && data.Test is not null,
        ValidationRows = RowBits.Of(layout.Split?.Validation, layout.Stored.Counts[0]),
        TestRows = RowBits.Of(layout.Split?.Test, layout.Stored.Counts[0]),
        Text = layout.Text,
        Tokens = layout.Tokens,
    };
}

// Metadata: the fast path writes null bytes as empty ones.
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DataDescription))]
internal sealed partial class DataDescriptionJson : JsonSerializerContext;
