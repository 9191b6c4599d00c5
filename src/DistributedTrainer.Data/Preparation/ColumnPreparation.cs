namespace DistributedTrainer.Data;

/// <summary>How one column of a table becomes inputs.</summary>
public sealed record ColumnPreparation
{
    public required string Name { get; init; }

    /// <summary>
    /// Categories of the training rows, sorted by code unit: one input each, 1 where it is the row's; null for a numeric column.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>What a missing number becomes, before normalization; null where a missing value is an error.</summary>
    public float? Fill { get; init; }

    /// <summary>What a missing category becomes, likewise.</summary>
    public string? FillCategory { get; init; }
}
