using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistributedTrainer.Coordination;

/// <summary>Free text such as a column's name, or a name that becomes part of file and parameter names.</summary>
internal sealed partial class TextForm : Form<string>
{
    private readonly string _expectation;
    private readonly string _pattern;

    private TextForm(string expectation, string pattern) => (_expectation, _pattern) = (expectation, pattern);

    /// <summary>A column of a table, as its header spells it.</summary>
    public static TextForm Column { get; } = new("a column's name", @"[^\x00]+");

    /// <summary>Names of jobs and layers: they appear in folder and parameter names.</summary>
    public static TextForm Name { get; } =
        new("a name of at most 100 letters, digits and . _ - that begins with a letter or digit", @"[A-Za-z0-9][A-Za-z0-9._\-]{0,99}");

    public override string Read(Found found) =>
        found.Node is ScalarNode { IsNull: false } scalar && Regex.IsMatch(scalar.Text, $@"\A(?:{_pattern})\z")
            ? scalar.Text
            : throw found.Expected(_expectation);

    public override JobNode Write(string value, Purpose purpose) => Scalar(value);

    // A number is text too where text is expected: a column may be called 1.
    public override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "number", "boolean"),
        ["pattern"] = $"^(?:{_pattern})$",
    };

    /// <summary>Plain where nothing else could be read into it, quoted elsewhere.</summary>
    public static ScalarNode Scalar(string text) => new(Place.None, text, Quoted: !Unambiguous().IsMatch(text) || IsKeyword(text));

    private static bool IsKeyword(string text) =>
        text.ToLowerInvariant() is "null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n";

    [GeneratedRegex(@"\A[A-Za-z_/][A-Za-z0-9_./\-]*\z")]
    private static partial Regex Unambiguous();
}
