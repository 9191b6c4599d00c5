namespace DistributedTrainer.Coordination;

/// <summary>The YAML form of a <see cref="Job"/>.</summary>
public static class JobFile
{
    /// <summary>Parses and checks the text of a job file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The file's path: named in errors, and relative paths in the text are relative to its folder.</param>
    /// <param name="overrides"><c>dotted.path=value</c> settings, as <c>--set</c> takes them.</param>
    /// <exception cref="JobFileException">Something is wrong; the message names file, line and key, what was found and what is allowed.</exception>
    public static Job Parse(string text, string file, IReadOnlyList<string>? overrides = null) => throw new NotImplementedException();

    /// <summary>The job as YAML with all defaults spelled out, absolute paths; parsing it gives the equal job.</summary>
    public static string Format(Job job) => throw new NotImplementedException();

    /// <summary>SHA-256, lower-case hex, of everything that can change the weights: all but name, metrics, checkpoint and data paths.</summary>
    public static string RecipeSha256(Job job) => throw new NotImplementedException();

    /// <summary>The JSON Schema of job files.</summary>
    public static string Schema() => throw new NotImplementedException();
}

/// <summary>What the user wrote is wrong.</summary>
public sealed class JobFileException(string message) : Exception(message);
