using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>One of several alternatives: a map with one key, the alternative's word, or the bare word where it needs no options.</summary>
/// <param name="noun">What is chosen, for errors: loss, optimizer.</param>
internal sealed class ChoiceForm<T>(string noun) : Form<T>
{
    private readonly List<Alternative> _alternatives = [];
    private readonly List<string> _later = [];

    /// <param name="word">The alternative's name in the file.</param>
    /// <param name="options">Its options.</param>
    /// <param name="isThis">Tells alternatives of one type apart; by default the type decides.</param>
    public ChoiceForm<T> Add<V>(string word, MapForm<V> options, Func<V, bool>? isThis = null)
        where V : T
    {
        _alternatives.Add(new Alternative(
            word,
            options.Fields.Any(field => field.IsRequired),
            string.Join(", ", options.Fields.Select(field => field.Name)),
            found => options.Read(found),
            value => value is V v && (isThis is null || isThis(v)),
            (value, purpose) => options.Write((V)value!, purpose),
            options.Schema));
        return this;
    }

    /// <summary>An alternative that is more than its word, and whose options may be a list.</summary>
    public ChoiceForm<T> Add<V>(string word, ListOrMapForm<V> options)
        where V : T
    {
        _alternatives.Add(new Alternative(
            word,
            NeedsOptions: true,
            options.Keys,
            found => options.Read(found),
            value => value is V,
            (value, purpose) => options.Write((V)value!, purpose),
            options.Schema));
        return this;
    }

    public ChoiceForm<T> Later(params ReadOnlySpan<string> words)
    {
        _later.AddRange(words);
        return this;
    }

    public override T Read(Found found)
    {
        switch (found.Node)
        {
            case ScalarNode { IsNull: false } scalar:
                var bare = Choose(found, scalar.Text);
                if (bare.NeedsOptions)
                    throw found.Error($"'{scalar.Text}' needs options: write {scalar.Text}: {{ … }} with the keys {bare.Keys}");
                return bare.Read(found.Child(scalar.Text, new MapNode(scalar.Place, [])));
            case MapNode { Entries: [var (word, place, options)] }:
                var chosen = Choose(found with { Node = new ScalarNode(place, word) }, word);
                // `mse:` with nothing after the colon is the bare word.
                return chosen.Read(found.Child(word, options is ScalarNode { IsNull: true } ? new MapNode(place, []) : options));
            default:
                throw found.Expected($"one {noun}, as a word or a map with one key ({Words})");
        }
    }

    public override JobNode Write(T value, Purpose purpose)
    {
        var alternative = _alternatives.Find(a => a.IsThis(value))
            ?? throw new ArgumentException($"the {noun} {value} has no form in a job file", nameof(value));
        var options = alternative.Write(value, purpose);
        return options is MapNode { Entries.Count: 0 }
            ? ScalarNode.Plain(alternative.Word)
            : new MapNode(Place.None, [new MapEntry(alternative.Word, Place.None, options)]);
    }

    public override JsonObject Schema()
    {
        var options = new JsonArray();
        var bare = _alternatives.Where(a => !a.NeedsOptions).Select(a => JsonValue.Create(a.Word)).ToArray();
        if (bare.Length > 0) options.Add(new JsonObject { ["enum"] = new JsonArray(bare) });
        var properties = new JsonObject();
        foreach (var a in _alternatives)
        {
            var schema = a.Schema();
            if (!a.NeedsOptions) schema["type"] = new JsonArray("object", "null");
            properties[a.Word] = schema;
        }

        foreach (var word in _later) properties[word] = Refusal.Schema(Refusal.NotYet($"'{word}'"));
        options.Add(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["minProperties"] = 1,
            ["maxProperties"] = 1,
        });
        return new JsonObject { ["anyOf"] = options };
    }

    private string Words => string.Join(", ", _alternatives.Select(a => a.Word));

    private Alternative Choose(Found found, string word)
    {
        if (_alternatives.Find(a => a.Word == word) is { } alternative) return alternative;
        if (_later.Contains(word)) throw found.Child(word, found.Node).Error(Refusal.NotYet($"the {noun} '{word}'"));
        throw found.Error(Nearest.Unknown(noun, word, [.. _alternatives.Select(a => a.Word)]));
    }

    private sealed record Alternative(
        string Word,
        bool NeedsOptions,
        string Keys,
        Func<Found, T> Read,
        Func<T, bool> IsThis,
        Func<T, Purpose, JobNode> Write,
        Func<JsonObject> Schema);
}
