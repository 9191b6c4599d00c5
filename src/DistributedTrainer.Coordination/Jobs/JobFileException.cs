namespace DistributedTrainer.Coordination;

/// <summary>
/// What the user wrote is wrong. The message reads <c>jobs/x.yaml:12: data.normalise: unknown key…</c>, or begins with
/// <c>--set key=value</c> where an override brought the value.
/// </summary>
public sealed class JobFileException : Exception
{
    public JobFileException(string message)
        : base(message)
    {
    }

    internal JobFileException(Place place, string key, string message)
        : base(key.Length == 0 ? $"{place}: {message}" : $"{place}: {key}: {message}")
    {
        File = place.File;
        Line = place.Line;
        Key = key;
    }

    /// <summary>The job file, as its path was given.</summary>
    public string? File { get; }

    /// <summary>Counted from 1; null where an override, not the file, is at fault.</summary>
    public int? Line { get; }

    /// <summary>The dotted path of the key at fault, <c>model.0.dense.units</c>; empty for the whole file.</summary>
    public string Key { get; } = "";
}
