using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>
/// What a value of a job file looks like: one description from which the parser, the formatter, the recipe and the JSON Schema
/// all follow, so that they cannot disagree.
/// </summary>
internal abstract class Form<T>
{
    /// <exception cref="JobFileException">
    /// The node is not of this form; the message names place and key, what was found and what is allowed.
    /// </exception>
    public abstract T Read(Found found);

    public abstract JobNode Write(T value, Purpose purpose);

    /// <summary>JSON Schema 2020-12 that accepts what <see cref="Read"/> accepts, as far as a schema can say it.</summary>
    public abstract JsonObject Schema();
}

/// <summary>What a job is written for.</summary>
internal enum Purpose
{
    /// <summary>To be read again.</summary>
    JobFile,

    /// <summary>To be hashed: only what can change the weights.</summary>
    Recipe,
}
