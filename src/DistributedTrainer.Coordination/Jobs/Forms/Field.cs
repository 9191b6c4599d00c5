using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>One key of a map.</summary>
internal abstract class Field<T>(string name, string doc, bool isRequired)
{
    public string Name { get; } = name;

    public string Doc { get; } = doc;

    public bool IsRequired { get; } = isRequired;

    /// <summary>False for keys that a recipe leaves out since they cannot change the weights.</summary>
    public bool InRecipe { get; init; } = true;

    /// <summary>The whole, with this key's value in it.</summary>
    public abstract T Read(Found found, T whole);

    /// <summary>Null where the key is not set and has no default that could be spelled out.</summary>
    public abstract JobNode? Write(T whole, Purpose purpose);

    public abstract JsonObject Schema();
}

internal sealed class Field<T, V>(string name, string doc, bool isRequired, Form<V> form, Func<T, V?> get, Func<T, V, T> set)
    : Field<T>(name, doc, isRequired)
{
    public override T Read(Found found, T whole) => set(whole, form.Read(found));

    public override JobNode? Write(T whole, Purpose purpose) => get(whole) is { } value ? form.Write(value, purpose) : null;

    public override JsonObject Schema() => form.Schema();
}
