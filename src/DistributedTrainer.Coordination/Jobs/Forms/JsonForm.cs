using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A tree as JSON: for defaults in the schema, and as the recipe's canonical text.</summary>
internal static class JsonForm
{
    public static JsonNode? Of(JobNode node) => node switch
    {
        ScalarNode { Quoted: true } text => JsonValue.Create(text.Text),
        ScalarNode { IsNull: true } => null,
        ScalarNode { Text: "true" or "false" } boolean => JsonValue.Create(boolean.Text == "true"),
        ScalarNode scalar when Numerals.IsNumber(scalar.Text) => JsonNode.Parse(scalar.Text),
        ScalarNode word => JsonValue.Create(word.Text),
        ListNode list => new JsonArray([.. list.Items.Select(Of)]),
        MapNode map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
        _ => throw new ArgumentException($"{node} has no JSON", nameof(node)),
    };
}
