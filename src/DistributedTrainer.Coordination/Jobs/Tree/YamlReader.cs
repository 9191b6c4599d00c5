using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DistributedTrainer.Coordination;

/// <summary>
/// Text to tree, from the parser's events, so that every node knows its line. Refuses what a job file never needs and what makes
/// YAML dangerous or ambiguous: aliases, tags, several documents, duplicate keys, depth and size without bound.
/// </summary>
internal sealed class YamlReader
{
    public const int MaxCharacters = 1 << 20;

    public const int MaxDepth = 32;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly string? _setting;

    private YamlReader(string text, string file, string? setting)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _setting = setting;
    }

    /// <summary>The tree of a job file's text, or of an override's value where <paramref name="setting"/> is given.</summary>
    /// <exception cref="JobFileException">The text is not YAML, or is YAML that job files do not use.</exception>
    public static JobNode Read(string text, string file, string? setting = null)
    {
        if (text.Length > MaxCharacters)
            throw new JobFileException(
                new Place(file, null, setting), "", $"has {text.Length} characters; a job file has at most {MaxCharacters}");
        try
        {
            return new YamlReader(text, file, setting).Document();
        }
        catch (YamlException e)
        {
            var place = new Place(file, setting is null ? Math.Max(1, (int)e.Start.Line) : null, setting);
            throw new JobFileException(place, "", $"not valid YAML at column {Math.Max(1, e.Start.Column)}: {e.Message}");
        }
    }

    private JobNode Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return new ScalarNode(new Place(_file, _setting is null ? 1 : null, _setting), "");
        _parser.Consume<DocumentStart>();
        var root = Node(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            throw Refuse(second, "a second document begins here; a job file is one document");
        return root;
    }

    private JobNode Node(int depth)
    {
        var at = _parser.Current ?? throw new YamlException("the text ends too early");
        if (depth > MaxDepth) throw Refuse(at, $"nested deeper than {MaxDepth} levels");
        if (at is AnchorAlias) throw Refuse(at, "aliases (*name) are not used in job files; write the value out");
        if (at is NodeEvent { Anchor.IsEmpty: false }) throw Refuse(at, "anchors (&name) are not used in job files");
        if (at is NodeEvent { Tag.IsEmpty: false }) throw Refuse(at, "tags (!name) are not used in job files");

        if (_parser.TryConsume<Scalar>(out var scalar))
            return new ScalarNode(PlaceOf(scalar), scalar.Value, Quoted: scalar.Style != ScalarStyle.Plain);
        if (_parser.TryConsume<SequenceStart>(out var sequence)) return List(sequence, depth);
        return Map(_parser.Consume<MappingStart>(), depth);
    }

    private ListNode List(SequenceStart start, int depth)
    {
        var items = new List<JobNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        return new ListNode(PlaceOf(start), items);
    }

    private MapNode Map(MappingStart start, int depth)
    {
        var entries = new List<MapEntry>();
        var lines = new Dictionary<string, int?>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyEvent = _parser.Current!;
            if (Node(depth + 1) is not ScalarNode key) throw Refuse(keyEvent, "a key must be a word");
            if (!lines.TryAdd(key.Text, key.Place.Line))
                throw Refuse(keyEvent, $"the key '{key.Text}' stands twice{(lines[key.Text] is { } line ? $"; first on line {line}" : "")}");
            entries.Add(new MapEntry(key.Text, key.Place, Node(depth + 1)));
        }

        return new MapNode(PlaceOf(start), entries);
    }

    private Place PlaceOf(ParsingEvent at) => new(_file, _setting is null ? (int)at.Start.Line : null, _setting);

    private JobFileException Refuse(ParsingEvent at, string message) => new(PlaceOf(at), "", message);
}
