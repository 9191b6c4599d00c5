using System.Text.Json;

namespace DistributedTrainer.Cli.Tests;

public sealed class RunJsonTests
{
    [Fact]
    public void FieldsAreThoseOfTheContractInItsOrder()
    {
        var root = Write(Samples.Result);

        Assert.Equal(
            "name, id, version, arithmetic, state, stop_reason, recipe_sha256, data_sha256, weights_sha256, nodes, shards, servers, replicas, threads, "
                + "parameters, epochs, steps, samples, steps_repeated, resumed_from, train_loss, validation, test, wall_s, train_s, samples_per_s, per_node, events",
            string.Join(", ", root.EnumerateObject().Select(field => field.Name)));
        Assert.Equal("node, roles, shard_steps, bytes_sent, bytes_received", string.Join(", ", root.GetProperty("per_node")[0].EnumerateObject().Select(field => field.Name)));
        Assert.Equal("at_s, step, kind, node, detail", string.Join(", ", root.GetProperty("events")[0].EnumerateObject().Select(field => field.Name)));
    }

    [Fact]
    public void ValuesAreThoseOfTheResult()
    {
        var root = Write(Samples.Result);

        Assert.Equal("cc", root.GetProperty("weights_sha256").GetString());
        Assert.Equal(0.925, root.GetProperty("validation").GetProperty("accuracy").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("test").ValueKind);
        Assert.Equal(1438, root.GetProperty("samples_per_s").GetDouble());
        Assert.Equal(3.25, root.GetProperty("wall_s").GetDouble());
    }

    [Fact]
    public void WhatIsNotKnownOrNotFiniteIsNull()
    {
        var root = Write(Samples.Result with { WeightsSha256 = "", TrainLoss = double.NaN, TrainSeconds = 0 });

        Assert.Equal(JsonValueKind.Null, root.GetProperty("weights_sha256").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("train_loss").ValueKind);
        Assert.Equal(0, root.GetProperty("samples_per_s").GetDouble());
    }

    private static JsonElement Write(Coordination.JobResult result) =>
        JsonDocument.Parse(RunJson.Write("digits", Samples.JobId, result, 3.25, indented: true)).RootElement;
}
