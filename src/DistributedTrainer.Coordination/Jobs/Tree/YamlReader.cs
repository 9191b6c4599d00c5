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
    private readonly string _kind;

    private YamlReader(string text, string file, string? setting, string kind)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _setting = setting;
        _kind = kind;
    }

    /// <summary>The tree of a job file's text, or of an override's value where <paramref name="setting"/> is given.</summary>
    /// <param name="kind">What errors call the file.</param>
    /// <exception cref="JobFileException">The text is not YAML, or is YAML that job files do not use.</exception>
    public static JobNode Read(string text, string file, string? setting = null, string kind = "job file")
    {
        JobFileException Refuse(int line, string message) => new(new Place(file, setting is null ? line : null, setting), "", message);
        if (text.Length > MaxCharacters) throw Refuse(1, $"has {text.Length} characters; a {kind} has at most {MaxCharacters}");
        if (FirstUnprintable(text) is var at and >= 0) throw Refuse(LineOf(text, at), $"the character U+{(int)text[at]:X4} is not text");

        var reader = new YamlReader(text, file, setting, kind);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            // The parser reports a tab where the block began that it stands in: lines away, and never thought of.
            if (LineIndentedWithTab(text) is { } line) throw Refuse(line, "not valid YAML: this line is indented with a tab; use spaces");
            throw Refuse(
                Math.Clamp((int)e.Start.Line, 1, LineOf(text, text.Length)), $"not valid YAML at column {Math.Max(1, e.Start.Column)}: {e.Message}");
        }
        catch (ArgumentException)
        {
            // YamlDotNet, without a place, of a tag that is no address.
            throw Refuse(Math.Max(1, (int)(reader._parser.Current?.End.Line ?? 1)), $"tags (!name) are not used in {kind}s");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner stumbles, without a place, over a line in braces that begins in the first column.
            var last = Math.Max(1, (int)(reader._parser.Current?.End.Line ?? 1));
            throw Refuse(last, "not valid YAML after this line: what stands in braces or brackets must be indented on its further lines");
        }
    }

    /// <summary>The index of the first control character or half of a surrogate pair, -1 where there is none.</summary>
    private static int FirstUnprintable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i)) i++;
            else if (char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r' or '\u0085'))) return i;
        }

        return -1;
    }

    private static int LineOf(string text, int at)
    {
        var line = 0;
        foreach (var _ in text.AsSpan(0, at).EnumerateLines()) line++;
        return line;
    }

    private static int? LineIndentedWithTab(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line[..^line.TrimStart().Length].Contains('\t')) return number;
        }

        return null;
    }

    private JobNode Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return new ScalarNode(new Place(_file, _setting is null ? 1 : null, _setting), "");
        _parser.Consume<DocumentStart>();
        var root = Node(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            throw Refuse(second, $"a second document begins here; a {_kind} is one document");
        return root;
    }

    private JobNode Node(int depth)
    {
        var at = _parser.Current ?? throw new YamlException("the text ends too early");
        if (depth > MaxDepth) throw Refuse(at, $"nested deeper than {MaxDepth} levels");
        if (at is AnchorAlias) throw Refuse(at, $"aliases (*name) are not used in {_kind}s; write the value out");
        if (at is NodeEvent { Anchor.IsEmpty: false }) throw Refuse(at, $"anchors (&name) are not used in {_kind}s");
        if (at is NodeEvent { Tag.IsEmpty: false }) throw Refuse(at, $"tags (!name) are not used in {_kind}s");

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
