using System.Buffers;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>Free text such as a column's name, or a name that becomes part of file and parameter names.</summary>
internal sealed class TextForm : Form<string>
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");

    private readonly string _expectation;
    private readonly string _pattern;
    private readonly Func<string, bool> _allows;

    /// <param name="pattern">For the schema what <paramref name="allows"/> is for the parser.</param>
    private TextForm(string expectation, string pattern, Func<string, bool> allows) =>
        (_expectation, _pattern, _allows) = (expectation, pattern, allows);

    /// <summary>A column of a table, as its header spells it.</summary>
    public static TextForm Column { get; } = new("a column's name", "^.+$", text => text.Length > 0);

    /// <summary>A figure of training, such as validation.loss.</summary>
    public static TextForm Figure { get; } = new("a figure, such as validation.loss", "^.+$", text => text.Length > 0);

    /// <summary>Names of jobs and layers: they appear in folder and parameter names.</summary>
    public static TextForm Name { get; } = new(
        "a name of at most 100 letters, digits and . _ - that begins with a letter or digit",
        @"^[A-Za-z0-9][A-Za-z0-9._\-]{0,99}$",
        text => text.Length is >= 1 and <= 100 && char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(NameCharacters));

    public override string Read(Found found) =>
        found.Node is ScalarNode { IsNull: false } scalar && _allows(scalar.Text) ? scalar.Text : throw found.Expected(_expectation);

    public override JobNode Write(string value, Purpose purpose) => Scalar(value);

    // A number is text too where text is expected: a column may be called 1.
    public override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "number", "boolean"),
        ["pattern"] = _pattern,
    };

    /// <summary>Plain where nothing else could be read into it, quoted elsewhere.</summary>
    public static ScalarNode Scalar(string text) => new(Place.None, text, Quoted: !IsUnambiguous(text));

    private static bool IsUnambiguous(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/') && !text.AsSpan(1).ContainsAnyExcept(PlainCharacters)
        && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n");
}
