namespace DistributedTrainer.Coordination;

/// <summary>The job file's <c>checkpoint</c>: when the state is written to disk, and how much of it stays there.</summary>
public sealed record CheckpointSpec
{
    public CheckpointInterval Every { get; init; } = CheckpointInterval.Seconds(30);

    /// <summary>How many of the newest are kept; the one of the best epoch stays besides.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>An absolute folder. Null: <c>checkpoints</c> in the report folder; without a report folder there are none.</summary>
    public string? Path { get; init; }
}

/// <summary>What a checkpoint's interval counts.</summary>
public enum CheckpointUnit
{
    /// <summary>No checkpoints at all.</summary>
    Never,
    Steps,
    Epochs,
    Time,
}

/// <summary>The distance of two checkpoints, in one of the units.</summary>
/// <param name="Count">Steps or epochs; 0 for a time.</param>
/// <param name="Time">Zero for a count.</param>
public readonly record struct CheckpointInterval(CheckpointUnit Unit, long Count, TimeSpan Time)
{
    public static CheckpointInterval Never { get; }

    public static CheckpointInterval Steps(long steps) => new(CheckpointUnit.Steps, steps, TimeSpan.Zero);

    public static CheckpointInterval Epochs(long epochs) => new(CheckpointUnit.Epochs, epochs, TimeSpan.Zero);

    public static CheckpointInterval Seconds(double seconds) => new(CheckpointUnit.Time, 0, TimeSpan.FromSeconds(seconds));
}
