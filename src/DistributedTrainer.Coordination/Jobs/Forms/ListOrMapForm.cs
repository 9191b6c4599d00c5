using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A map whose main key holds a list; the list alone stands for a map with that key only.</summary>
/// <param name="key">The main key.</param>
internal sealed class ListOrMapForm<T>(string key, MapForm<T> map) : Form<T>
{
    public string Keys => string.Join(", ", map.Fields.Select(known => known.Name));

    public override T Read(Found found) => map.Read(found.Node is ListNode list
        ? found with { Node = new MapNode(list.Place, [new MapEntry(key, list.Place, list)]) }
        : found);

    public override JobNode Write(T value, Purpose purpose) => map.Write(value, purpose);

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(map.Fields.First(known => known.Name == key).Schema(), map.Schema()),
    };
}
