using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A kind of node, or a node's name.</summary>
/// <param name="allowed">Words that fit here.</param>
internal sealed class VictimForm(params IReadOnlyList<VictimKind> allowed) : Form<Victim>
{
    public override Victim Read(Found found)
    {
        if (found.Node is not ScalarNode { IsNull: false } scalar)
            throw found.Expected($"one of {string.Join(", ", Words)}");
        if (NodeName.NumberOf(scalar.Text) is not null)
            return new Victim(VictimKind.Named, scalar.Text);
        foreach (var kind in allowed)
        {
            if (scalar.Text == WordOf(kind))
                return new Victim(kind);
        }

        throw found.Error(Nearest.Unknown("victim", scalar.Text, [.. Words]));
    }

    public override JobNode Write(Victim value, Purpose purpose) => ScalarNode.Plain(value.ToString());

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray([.. allowed.Select(kind => JsonValue.Create(WordOf(kind)))]) },
            NodeName.Form.Schema()),
    };

    private IEnumerable<string> Words => [.. allowed.Select(WordOf), "node-1"];

    private static string WordOf(VictimKind kind) => kind.ToString().ToLowerInvariant();
}
