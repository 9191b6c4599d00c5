using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>Changes of the job, <c>{ epochs: 2, model.0.dense.units: 64 }</c>, as the texts that <c>--set</c> takes.</summary>
internal sealed class SetForm : Form<IReadOnlyList<string>>
{
    public static SetForm Instance { get; } = new();

    public override IReadOnlyList<string> Read(Found found) => found.Node is MapNode map
        ? [.. map.Entries.Select(entry => $"{entry.Key}={FlowText(entry.Value)}")]
        : throw found.Expected("a map of changes of the job, such as { epochs: 2 }");

    public override JobNode Write(IReadOnlyList<string> value, Purpose purpose) => new MapNode(
        Place.None,
        [.. value.Select(setting => setting.Split('=', 2)).Select(parts => new MapEntry(parts[0], Place.None, YamlReader.Read(parts[1], "")))]);

    public override JsonObject Schema() => new() { ["type"] = "object" };

    /// <summary>A value on one line.</summary>
    private static string FlowText(JobNode node) => node switch
    {
        ScalarNode { Quoted: true } text => $"\"{text.Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        ScalarNode scalar => scalar.Text,
        ListNode list => $"[ {string.Join(", ", list.Items.Select(FlowText))} ]",
        MapNode map => $"{{ {string.Join(", ", map.Entries.Select(entry => $"{entry.Key}: {FlowText(entry.Value)}"))} }}",
        _ => throw new ArgumentException($"{node} has no text", nameof(node)),
    };
}
