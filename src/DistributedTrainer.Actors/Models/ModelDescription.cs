using System.Text.Json;
using System.Text.Json.Serialization;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>model.json: what a saved model is, for us and for other programs. The weights stand beside it in model.safetensors.</summary>
public sealed record ModelDescription
{
    /// <summary>Grows when the file's fields change their meaning.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>The arithmetic version that trained it.</summary>
    public required int Arithmetic { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the float32 little-endian parameters in layout order.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>One input without the batch axis.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>Names of the inputs after one-hot coding; empty where the data have none.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Names of the classes in index order; empty for real values.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Floats in a target row.</summary>
    public required int TargetLength { get; init; }

    public required IReadOnlyList<LayerSummary> Layers { get; init; }

    /// <summary>How new rows become inputs.</summary>
    public required Preparation Preparation { get; init; }

    /// <summary>The whole job in its canonical form (YAML).</summary>
    public required string Job { get; init; }
}

/// <summary>Reads and writes model.json without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    RespectNullableAnnotations = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(KebabCase<Normalization>), typeof(KebabCase<TargetType>), typeof(KebabCase<TokenKind>), typeof(KebabCase<ImageColor>)])]
[JsonSerializable(typeof(ModelDescription))]
internal sealed partial class ModelDescriptionJson : JsonSerializerContext;

/// <summary>Enum values as job files write them: min-max.</summary>
internal sealed class KebabCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
