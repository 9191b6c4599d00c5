namespace DistributedTrainer.Cluster.Tests;

/// <summary>The weights' hash does not depend on the cluster.</summary>
public class HashTests
{
    [ClusterFact]
    public async Task Any_number_of_nodes_threads_and_servers_gives_the_same_weights()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var first = await Train(workplace, job, "one", 1);
        foreach (var (index, options) in ((string, string[])[])
        [
            ("one again", ["--nodes", "1", "--threads", "1", "--servers", "3"]),
            ("two", ["--nodes", "2"]),
            ("two, more threads, three servers", ["--nodes", "2", "--threads", "3", "--servers", "3"]),
            ("three", ["--nodes", "3"]),
            ("three again", ["--nodes", "3"]),
            ("three, one server", ["--nodes", "3", "--servers", "1"]),
            ("five", ["--nodes", "5"]),
        ])
        {
            await using var train = await Dtrain.Run(workplace, ["train", job, "--report", index, .. options]);
            Assert.True(await train.Exit() == 0, train.Transcript());
            await workplace.NothingIsLeft();
            var report = workplace.Report(index);
            Assert.Equal((first.Hash, "completed", 90L), (report.Hash, report.State, report.Steps));
            Assert.True(first.Model.AsSpan().SequenceEqual(report.Model), $"{index}: model.safetensors is another file");
            Assert.Equal(int.Parse(options[1]), report.ShardSteps.Count);
            Assert.All(report.ShardSteps, node => Assert.True(node.Value > 0, $"{index}: {node.Key} computed nothing"));
            // On a busy machine a node may be late, and then others compute its shards too.
            Assert.InRange(report.ShardSteps.Values.Sum(), 8 * 90, 2 * 8 * 90);
        }
    }

    [ClusterFact]
    public async Task Sequence_models_end_at_the_same_weights_on_any_number_of_nodes()
    {
        using var workplace = new Workplace();
        workplace.Write("text.txt", ShortJobs.Text);
        foreach (var (name, text) in ((string, string)[])[("recurrent", ShortJobs.Recurrent), ("language", ShortJobs.Language)])
        {
            var job = workplace.Write($"{name}.yaml", text);
            var one = await Train(workplace, job, $"{name}-1", 1);
            var two = await Train(workplace, job, $"{name}-2", 2);
            var three = await Train(workplace, job, $"{name}-3", 3, "--threads", "2");
            Assert.Equal((one.Hash, one.Hash), (two.Hash, three.Hash));
            Assert.True(one.Model.AsSpan().SequenceEqual(three.Model), $"{name}: model.safetensors is another file");
        }
    }

    [ClusterFact]
    public async Task In_bfloat16_any_number_of_nodes_gives_the_same_weights()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("half.yaml", ShortJobs.Digits + "\nprecision: bfloat16");
        var one = await Train(workplace, job, "one", 1);
        var two = await Train(workplace, job, "two", 2, "--replicas", "1");
        var three = await Train(workplace, job, "three", 3, "--threads", "2", "--servers", "3");
        Assert.Equal((one.Hash, one.Hash), (two.Hash, three.Hash));
        Assert.True(one.Model.AsSpan().SequenceEqual(three.Model), "model.safetensors is another file");
        Assert.NotEqual(one.Hash, (await Train(workplace, job, "float32", 1, "--set", "precision=float32")).Hash);
    }

    [ClusterFact]
    public async Task Another_seed_gives_other_weights()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        Assert.NotEqual((await Train(workplace, job, "first", 1)).Hash, (await Train(workplace, job, "second", 2, "--set", "seed=1")).Hash);
    }

    [ClusterFact]
    public async Task More_nodes_than_shards_leave_one_idle()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var one = await Train(workplace, job, "one", 1, "--set", "shards=2");
        var three = await Train(workplace, job, "three", 3, "--set", "shards=2");
        Assert.Equal(one.Hash, three.Hash);
        Assert.Equal(3, three.ShardSteps.Count);
        Assert.Equal(0, three.ShardSteps.Values.Min());
        Assert.InRange(three.ShardSteps.Values.Sum(), 2 * 90, 2 * 2 * 90); // a late node's shards may be computed twice
    }

    [ClusterFact]
    public async Task Processors_of_other_kinds_compute_the_same_weights_together()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var alone = await Train(workplace, job, "alone", 1);
        await using var cluster = await HandMadeCluster.Start(
            workplace,
            null,
            new Dictionary<string, string> { ["DOTNET_EnableAVX2"] = "0" },
            new Dictionary<string, string> { ["DOTNET_EnableHWIntrinsic"] = "0", ["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-FMA,-AVX2" });
        await using var submit = cluster.Submit(job, "mixed");
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        var mixed = workplace.Report("mixed");
        Assert.Equal(alone.Hash, mixed.Hash);
        Assert.True(alone.Model.AsSpan().SequenceEqual(mixed.Model), "model.safetensors is another file");
        Assert.Equal(cluster.Nodes.Select(HandMadeCluster.AddressOf).Order(), mixed.ShardSteps.Keys.Order());
        Assert.All(mixed.ShardSteps, node => Assert.True(node.Value > 0, $"{node.Key} computed nothing"));
    }

    internal static async Task<RunReport> Train(Workplace workplace, string job, string report, int nodes, params string[] more)
    {
        await using var train = await Dtrain.Run(workplace, ["train", job, "--nodes", $"{nodes}", "--report", report, .. more]);
        Assert.True(await train.Exit() == 0, train.Transcript());
        await workplace.NothingIsLeft();
        return workplace.Report(report);
    }
}
