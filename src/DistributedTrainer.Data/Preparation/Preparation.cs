namespace DistributedTrainer.Data;

/// <summary>
/// Everything fitted on the training rows, in a form that <c>model.json</c> holds and that prepares new rows the same way.
/// </summary>
public sealed record Preparation
{
    public required Normalization Normalization { get; init; }

    /// <summary>By input column: subtracted first (mean or minimum); empty where nothing is fitted.</summary>
    public IReadOnlyList<float> Offset { get; init; } = [];

    /// <summary>By input column: multiplied next (1 / deviation or 1 / span).</summary>
    public IReadOnlyList<float> Factor { get; init; } = [];

    /// <summary>What a target is; decides how the target column of new rows is read.</summary>
    public TargetType Target { get; init; }

    /// <summary>Shape of one input without the batch axis.</summary>
    public IReadOnlyList<int> InputShape { get; init; } = [];

    /// <summary>Floats in a target row: 1 for a class, for text one for each position.</summary>
    public int TargetLength { get; init; } = 1;

    /// <summary>Names of the classes in index order; empty for real values.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>What a token of a text is, its vocabulary being <see cref="Classes"/>; null for other data.</summary>
    public TokenKind? Tokens { get; init; }

    /// <summary>What images from a folder have become; null for other data.</summary>
    public ImageColor? Images { get; init; }

    /// <summary>A table's target column; null for array files.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>A table's input columns in order, before one-hot coding; empty for array files.</summary>
    public IReadOnlyList<ColumnPreparation> Columns { get; init; } = [];
}
