using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>true or false; YAML 1.1's yes, no, on and off are text since YAML 1.2.</summary>
internal sealed class BooleanForm : Form<bool>
{
    public static BooleanForm Instance { get; } = new();

    public override bool Read(Found found) => found.Node switch
    {
        ScalarNode { Quoted: false, Text: "true" or "True" or "TRUE" } => true,
        ScalarNode { Quoted: false, Text: "false" or "False" or "FALSE" } => false,
        _ => throw found.Expected("true or false"),
    };

    public override JobNode Write(bool value, Purpose purpose) => ScalarNode.Plain(value ? "true" : "false");

    public override JsonObject Schema() => new() { ["type"] = "boolean" };
}
