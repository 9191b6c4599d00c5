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

/// <summary>A key with one right value so far, such as <c>mode: sync</c>; other words are known but come later.</summary>
internal sealed class FixedField<T>(string name, string doc, string word, bool isRequired, IReadOnlyList<string> later)
    : Field<T>(name, doc, isRequired)
{
    public override T Read(Found found, T whole)
    {
        if (found.Node is not ScalarNode { IsNull: false } scalar) throw found.Expected($"the word {word}");
        if (later.Contains(scalar.Text)) throw found.Error(Refusal.NotYet($"'{scalar.Text}'"));
        return scalar.Text == word ? whole : throw found.Error(Nearest.Unknown("value", scalar.Text, [word]));
    }

    public override JobNode Write(T whole, Purpose purpose) => ScalarNode.Plain(word);

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray(word) };
}

/// <summary>Why a known key or word is not accepted.</summary>
internal static class Refusal
{
    public static string NotYet(string what) => $"{what} is not yet supported by this version";

    /// <summary>A schema that nothing meets, with the reason for editors to show.</summary>
    public static JsonObject Schema(string reason) => new() { ["not"] = new JsonObject(), ["description"] = reason };
}
