namespace DistributedTrainer.Coordination;

/// <summary>The bounds of what a node without a job's data asks of those that have it.</summary>
public sealed record RowLimits
{
    /// <summary>Rows of one request.</summary>
    public required int RowsAtOnce { get; init; }

    /// <summary>Requests that one source has not answered yet.</summary>
    public int MostInFlight { get; init; } = 4;

    /// <summary>For one answer. After that another source is asked. A link that fails says so far sooner; this is for what is lost without a word.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A source that has failed is left alone for so long.</summary>
    public TimeSpan Aside { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For any answer from anybody. After that the rows cannot be had.</summary>
    public required TimeSpan Within { get; init; }
}
