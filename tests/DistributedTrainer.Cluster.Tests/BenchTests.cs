using System.Text.Json;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>Each benchmark once, with the smallest sizes: what it prints, and that nothing is left.</summary>
public class BenchTests
{
    [ClusterFact]
    public async Task A_step_takes_its_time_and_gives_the_same_weights_on_two_nodes()
    {
        using var workplace = new Workplace();
        var one = await Bench(workplace, "step", "--model", "mlp", "--batch", "16", "--nodes", "1", "--steps", "10", "--warmup", "5");
        var two = await Bench(workplace, "step", "--model", "mlp", "--batch", "16", "--nodes", "2", "--steps", "10", "--warmup", "5");
        Assert.Equal(
            ["model", "parameters", "nodes", "threads", "shards", "replicas", "global_batch", "optimizer", "steps", "step_ms_mean", "step_ms_median",
                "step_ms_p99", "samples_per_s", "allocated_bytes_per_step", "weights_sha256"],
            two.EnumerateObject().Take(15).Select(property => property.Name));
        Assert.Equal(
            ("mlp", 101770, 2, 1, 8, 0, 16, "adam", 10),
            (two.GetProperty("model").GetString(), Number(two, "parameters"), Number(two, "nodes"), Number(two, "threads"), Number(two, "shards"),
                Number(two, "replicas"), Number(two, "global_batch"), two.GetProperty("optimizer").GetString(), Number(two, "steps")));
        Assert.True(two.GetProperty("step_ms_p99").GetDouble() >= two.GetProperty("step_ms_median").GetDouble());
        Assert.True(two.GetProperty("step_ms_mean").GetDouble() > 0);
        Assert.Equal(one.GetProperty("weights_sha256").GetString(), two.GetProperty("weights_sha256").GetString());
    }

    [ClusterFact]
    public async Task An_exchange_is_measured_beside_its_floor()
    {
        using var workplace = new Workplace();
        var exchange = await Bench(workplace, "exchange", "--floats", "20000", "--nodes", "2", "--steps", "10", "--warmup", "5");
        Assert.Equal(
            ["floats", "nodes", "ms_mean", "ms_median", "ms_p99", "mb_per_s", "floor_ms_median"],
            exchange.EnumerateObject().Take(7).Select(property => property.Name));
        Assert.Equal((20000, 2), (Number(exchange, "floats"), Number(exchange, "nodes")));
        Assert.True(exchange.GetProperty("ms_median").GetDouble() > 0 && exchange.GetProperty("floor_ms_median").GetDouble() > 0);
    }

    private static int Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt32();

    private static async Task<JsonElement> Bench(Workplace workplace, params string[] arguments)
    {
        await using var bench = await Dtrain.Run(workplace, ["bench", .. arguments, "--json"]);
        Assert.True(await bench.Exit() == 0, bench.Transcript());
        await workplace.NothingIsLeft();
        Assert.Empty(Directory.GetFileSystemEntries(workplace.Path));
        return JsonDocument.Parse(bench.Output).RootElement;
    }
}
