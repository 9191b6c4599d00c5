namespace DistributedTrainer.Data;

/// <summary>Everything fitted on the training rows, in a form that <c>model.json</c> holds and that prepares new rows the same way.</summary>
public sealed record Preparation
{
    public required Normalization Normalization { get; init; }

    /// <summary>By input column: subtracted first (mean or minimum); empty where nothing is fitted.</summary>
    public IReadOnlyList<float> Offset { get; init; } = [];

    /// <summary>By input column: multiplied next (1 / deviation or 1 / span).</summary>
    public IReadOnlyList<float> Factor { get; init; } = [];
}
