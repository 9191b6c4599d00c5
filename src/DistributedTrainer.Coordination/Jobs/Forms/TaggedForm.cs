using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>One of several maps, told apart by the word under one of its keys; a bare word stands for the map with that key alone.</summary>
/// <param name="tag">The key: source.</param>
internal sealed class TaggedForm<T>(string tag) : Form<T>
{
    private readonly List<Alternative> _alternatives = [];
    private readonly List<string> _later = [];

    /// <param name="keys">The map's keys, among them the tag, fixed to <paramref name="word"/>.</param>
    /// <param name="isThis">Tells alternatives of one type apart; by default the type decides.</param>
    public TaggedForm<T> Add<V>(string word, MapForm<V> keys, Func<V, bool>? isThis = null)
        where V : T
    {
        _alternatives.Add(new Alternative(
            word,
            keys.Fields.Count(field => field.IsRequired) > 1,
            found => keys.Read(found),
            value => value is V v && (isThis is null || isThis(v)),
            (value, purpose) => keys.Write((V)value!, purpose),
            keys.Schema));
        return this;
    }

    public TaggedForm<T> Later(params ReadOnlySpan<string> words)
    {
        _later.AddRange(words);
        return this;
    }

    public override T Read(Found found)
    {
        if (found.Node is ScalarNode { IsNull: false } bare)
            found = found with { Node = new MapNode(bare.Place, [new MapEntry(tag, bare.Place, bare)]) };
        if (found.Node is not MapNode map) throw found.Expected($"a map with the key '{tag}' ({Words})");
        if (map.Find(tag) is not { } entry) throw found.Child(tag, map).Error($"this required key is missing; it is one of {Words}");
        var at = found.Child(tag, entry.Value);
        if (entry.Value is not ScalarNode { IsNull: false } word) throw at.Expected($"one of {Words}");
        if (_alternatives.Find(a => a.Word == word.Text) is { } alternative) return alternative.Read(found);
        throw at.Error(_later.Contains(word.Text)
            ? Refusal.NotYet($"the {tag} '{word.Text}'")
            : Nearest.Unknown(tag, word.Text, [.. _alternatives.Select(a => a.Word)]));
    }

    public override JobNode Write(T value, Purpose purpose) =>
        (_alternatives.Find(a => a.IsThis(value)) ?? throw new ArgumentException($"{value} has no form in a job file", nameof(value)))
        .Write(value, purpose);

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray([
            new JsonObject { ["enum"] = new JsonArray([.. _alternatives.Where(a => !a.NeedsKeys).Select(a => JsonValue.Create(a.Word))]) },
            .. _alternatives.Select(a => a.Schema()),
        ]),
    };

    private string Words => string.Join(", ", _alternatives.Select(a => a.Word));

    private sealed record Alternative(
        string Word, bool NeedsKeys, Func<Found, T> Read, Func<T, bool> IsThis, Func<T, Purpose, JobNode> Write, Func<JsonObject> Schema);
}
