using System.Text.Json;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>The object of <c>status --json</c>, field by field in the order of its contract.</summary>
internal static class StatusJson
{
    public static byte[] Write(ClusterStatus status)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("jobs");
            foreach (var job in status.Jobs)
            {
                json.WriteStartObject();
                json.WriteString("id", job.Id);
                json.WriteString("name", job.Name);
                json.WriteString("state", job.State);
                json.WriteNumber("epoch", job.Epoch);
                json.WriteNumber("step", job.Step);
                json.WriteNumber("steps", job.Steps);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("term", status.Term);
            json.WriteStartArray("nodes");
            foreach (var node in status.Nodes)
                WriteNode(json, node);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteNode(Utf8JsonWriter json, NodeState node)
    {
        json.WriteStartObject();
        json.WriteString("address", node.Address);
        json.WriteNumber("pid", node.Pid);
        json.WriteString("host", node.Host);
        json.WriteStartArray("roles");
        foreach (var role in node.Roles)
            json.WriteStringValue(role);
        json.WriteEndArray();
        json.WriteString("state", node.State);
        Numbers("shards", node.Shards);
        Numbers("primaries", node.Primaries);
        Numbers("backups", node.Backups);
        json.WriteStartArray("row_sources");
        foreach (var source in node.RowSources)
            json.WriteStringValue(source);
        json.WriteEndArray();
        json.WriteNumber("row_bytes", node.RowBytes);
        json.WriteNumber("shard_steps", node.ShardSteps);
        json.WriteEndObject();

        void Numbers(string name, IReadOnlyList<int> numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers)
                json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }
}
