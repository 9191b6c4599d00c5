using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>
/// A map with known keys, read onto a blank record whose values are the defaults. Keys are added in the order in which they
/// are written and listed in errors. Null under a key that may be left out leaves it out: so an override switches a section off.
/// </summary>
/// <param name="doc">A sentence for editors.</param>
/// <param name="blank">All defaults; required members hold anything.</param>
internal sealed class MapForm<T>(string doc, T blank) : Form<T>
{
    private readonly List<Field<T>> _fields = [];
    private readonly List<(string Key, string Reason)> _refused = [];
    private readonly List<(string Key, Func<T, string?> Broken)> _rules = [];

    public string Doc => doc;

    public IReadOnlyList<Field<T>> Fields => _fields;

    public MapForm<T> Required<V>(string key, string doc, Form<V> form, Func<T, V?> get, Func<T, V, T> set, bool inRecipe = true) =>
        Add(new Field<T, V>(key, doc, true, form, get, set) { InRecipe = inRecipe });

    /// <summary>A key whose default is the blank's value; where that is null, leaving the key out means something of its own.</summary>
    public MapForm<T> Optional<V>(string key, string doc, Form<V> form, Func<T, V?> get, Func<T, V, T> set, bool inRecipe = true) =>
        Add(new Field<T, V>(key, doc, false, form, get, set) { InRecipe = inRecipe });

    public MapForm<T> Fixed(string key, string doc, string word, bool isRequired = false, params IReadOnlyList<string> later) =>
        Add(new FixedField<T>(key, doc, word, isRequired, later));

    /// <summary>A key that users may expect here, with the reason why it is not accepted.</summary>
    public MapForm<T> Refused(string key, string reason)
    {
        _refused.Add((key, reason));
        return this;
    }

    /// <summary>What must hold between keys: the message where it is broken, null where it holds, reported at <paramref name="key"/>.</summary>
    public MapForm<T> Rule(string key, Func<T, string?> broken)
    {
        _rules.Add((key, broken));
        return this;
    }

    public override T Read(Found found)
    {
        if (found.Node is not MapNode map) throw found.Expected($"a map with the keys {Keys}");
        var whole = blank;
        foreach (var entry in map.Entries)
        {
            var child = found.Child(entry.Key, entry.Value);
            if (_fields.Find(field => field.Name == entry.Key) is { } field) whole = IsLeftOut(field, entry) ? whole : field.Read(child, whole);
            else throw new JobFileException(entry.Place, child.Key, WhyNot(entry.Key));
        }

        foreach (var field in _fields)
            if (field.IsRequired && map.Find(field.Name) is null)
                throw found.Child(field.Name, found.Node).Error($"this required key is missing; keys here: {Keys}");
        foreach (var (key, broken) in _rules)
            if (broken(whole) is { } message) throw At(found, key).Error(message);
        return whole;
    }

    public override JobNode Write(T value, Purpose purpose)
    {
        var map = new MapNode(Place.None, []);
        foreach (var field in _fields)
            if ((purpose == Purpose.JobFile || field.InRecipe) && field.Write(value, purpose) is { } node)
                map.Entries.Add(new MapEntry(field.Name, Place.None, node));
        return map;
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var field in _fields)
        {
            var schema = field.IsRequired ? field.Schema() : OrNull(field.Schema());
            schema["description"] = field.Doc;
            if (!field.IsRequired && field.Write(blank, Purpose.JobFile) is { } node) schema["default"] = JsonForm.Of(node);
            properties[field.Name] = schema;
        }

        foreach (var (key, reason) in _refused) properties[key] = Refusal.Schema(reason);
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = doc,
            ["properties"] = properties,
            ["required"] = new JsonArray([.. _fields.Where(field => field.IsRequired).Select(field => JsonValue.Create(field.Name))]),
            ["additionalProperties"] = false,
        };
    }

    private string Keys => string.Join(", ", _fields.Select(known => known.Name));

    private MapForm<T> Add(Field<T> field)
    {
        _fields.Add(field);
        return this;
    }

    private static bool IsLeftOut(Field<T> field, MapEntry entry) => !field.IsRequired && entry.Value is ScalarNode { SaysNull: true };

    private static JsonObject OrNull(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };

    private string WhyNot(string key)
    {
        var refused = _refused.Find(known => known.Key == key);
        return refused.Reason ?? Nearest.Unknown("key", key, [.. _fields.Select(known => known.Name)]);
    }

    /// <summary>The place of a dotted key as far as the user wrote it, so that the error shows the nearest line.</summary>
    private static Found At(Found found, string key)
    {
        foreach (var part in key.Split('.'))
            found = found.Child(part, found.Node is MapNode map && map.Find(part) is { } entry ? entry.Value : found.Node);
        return found;
    }
}
