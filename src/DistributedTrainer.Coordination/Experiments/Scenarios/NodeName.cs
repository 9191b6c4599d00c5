using System.Globalization;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A node's name as a scenario and the launcher write it: node-1, node-2…</summary>
public static class NodeName
{
    private const string Prefix = "node-";

    internal static Form<string> Form { get; } = new NameForm();

    public static string Of(int number) => Prefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number, from 1; null where this is no node's name.</summary>
    public static int? NumberOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length && name[Prefix.Length] != '0'
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed class NameForm : Form<string>
    {
        public override string Read(Found found) =>
            found.Node is ScalarNode { IsNull: false } scalar && NumberOf(scalar.Text) is not null ? scalar.Text : throw found.Expected("a node, such as node-1");

        public override JobNode Write(string value, Purpose purpose) => ScalarNode.Plain(value);

        public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^node-[1-9][0-9]*$" };
    }
}
