namespace DistributedTrainer.Data;

/// <summary>The user's data is wrong: the message names file, line and column, what was found, what is allowed and what to do.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The file is not here at all. Another node may have it.</summary>
    public bool IsMissing { get; init; }
}
