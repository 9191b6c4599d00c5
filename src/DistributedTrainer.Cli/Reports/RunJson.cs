using System.Text.Json;
using DistributedTrainer.Coordination;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Cli;

/// <summary>run.json, field by field in the order of its contract. Written by hand: no reflection, no naming rules between it and the reader.</summary>
internal static class RunJson
{
    /// <param name="wallSeconds">From the command to its result.</param>
    /// <param name="indented">A file for people, or one line for programs.</param>
    public static byte[] Write(string name, string id, JobResult result, double wallSeconds, bool indented)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("id", id);
            json.WriteString("version", ProductVersion.Number);
            json.WriteNumber("arithmetic", ArithmeticVersion.Current);
            json.WriteString("state", result.State);
            json.WriteString("stop_reason", result.StopReason);
            Hash(json, "recipe_sha256", result.RecipeSha256);
            Hash(json, "data_sha256", result.DataSha256);
            Hash(json, "weights_sha256", result.WeightsSha256);
            json.WriteNumber("nodes", result.Nodes);
            json.WriteNumber("shards", result.Shards);
            json.WriteNumber("servers", result.Servers);
            json.WriteNumber("replicas", result.Replicas);
            json.WriteNumber("threads", result.Threads);
            json.WriteNumber("parameters", result.Parameters);
            json.WriteNumber("epochs", result.Epochs);
            json.WriteNumber("steps", result.Steps);
            json.WriteNumber("samples", result.Samples);
            json.WriteNumber("steps_repeated", result.StepsRepeated);
            if (result.ResumedFrom is { } version)
                json.WriteNumber("resumed_from", version);
            else
                json.WriteNull("resumed_from");
            Number(json, "train_loss", result.TrainLoss);
            Score(json, "validation", result.Validation);
            Score(json, "test", result.Test);
            if (result.PseudoLabels is { } labels)
                Labels(json, labels);
            Number(json, "wall_s", Math.Round(wallSeconds, 3));
            Number(json, "train_s", Math.Round(result.TrainSeconds, 3));
            Number(json, "samples_per_s", result.TrainSeconds > 0 ? Math.Round(result.Samples / result.TrainSeconds, 1) : 0);
            Nodes(json, result.PerNode);
            Events(json, result.Events);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Hash(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length == 0)
            json.WriteNull(name);
        else
            json.WriteString(name, value);
    }

    /// <summary>JSON has no NaN and no infinity: null.</summary>
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void Score(Utf8JsonWriter json, string name, PartScore? score)
    {
        if (score is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        Number(json, "loss", score.Loss);
        foreach (var (metric, value) in score.Metrics)
            Number(json, metric, value);
        json.WriteEndObject();
    }

    private static void Labels(Utf8JsonWriter json, PseudoLabelCounts labels)
    {
        json.WriteStartObject("pseudo_labels");
        json.WriteNumber("rows", labels.Rows);
        json.WriteStartArray("labelled");
        foreach (var round in labels.Labelled)
            json.WriteNumberValue(round);
        json.WriteEndArray();
        if (labels.Right is { } right)
            json.WriteNumber("right", right);
        else
            json.WriteNull("right");
        json.WriteEndObject();
    }

    private static void Nodes(Utf8JsonWriter json, IReadOnlyList<NodeShare> nodes)
    {
        json.WriteStartArray("per_node");
        foreach (var node in nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node.Node);
            json.WriteString("roles", node.Roles);
            json.WriteNumber("shard_steps", node.ShardSteps);
            json.WriteNumber("bytes_sent", node.BytesSent);
            json.WriteNumber("bytes_received", node.BytesReceived);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Events(Utf8JsonWriter json, IReadOnlyList<RunEvent> events)
    {
        json.WriteStartArray("events");
        foreach (var change in events)
        {
            json.WriteStartObject();
            Number(json, "at_s", Math.Round(change.AtSeconds, 3));
            json.WriteNumber("step", change.Step);
            json.WriteString("kind", change.Kind);
            json.WriteString("node", change.Node);
            json.WriteString("detail", change.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
