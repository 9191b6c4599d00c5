namespace DistributedTrainer.Coordination;

/// <summary>Where a value was written: a line of the job file, or an override on the command line.</summary>
/// <param name="File">The job file's path as the user gave it.</param>
/// <param name="Line">Counted from 1; null for an override.</param>
/// <param name="Setting">The override's text, <c>epochs=2</c>; null for the file.</param>
internal sealed record Place(string File, int? Line, string? Setting = null)
{
    /// <summary>For nodes that are written, not read.</summary>
    public static Place None { get; } = new("", null);

    public override string ToString() =>
        Setting is not null ? $"--set {Setting}" : Line is { } line ? $"{File}:{line}" : File;
}
