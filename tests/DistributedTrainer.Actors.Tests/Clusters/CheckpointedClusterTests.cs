using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Checkpoints of a cluster: whole ones whatever goes on, from which another cluster, or what is left of this one, goes on.</summary>
public class CheckpointedClusterTests
{
    private static Job Endless => SmallJobs.Digits with
    {
        Epochs = 100_000,
        Stop = new StopSpec(),
        Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Seconds(0.2), Keep = 2 },
    };

    [Theory, InlineData(Precision.Float32), InlineData(Precision.Bfloat16)]
    public async Task All_nodes_die_and_another_cluster_goes_on(Precision precision)
    {
        using var folder = new TemporaryFolder();
        var checkpoints = Path.Combine(folder.Path, "checkpoints");
        await using (var cluster = await TestCluster.Start(3))
        {
            cluster.Submit(Endless with { Precision = precision }, servers: 3, checkpoints: checkpoints);
            await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Count == 2, "two checkpoints");
        }

        var version = CheckpointedRun.Versions(folder.Path)[^1];
        await using var other = await TestCluster.Start(2);
        var job = Endless with { Precision = precision, Stop = new StopSpec { Steps = version + 40 } };
        other.Submit(job, servers: 2, checkpoints: checkpoints, resume: true);
        var result = await other.Result();
        Assert.Equal(("completed", version), (result.State, result.ResumedFrom));
        Assert.Equal(PlainTraining.Hash(job, result.Steps), result.WeightsSha256);
        Assert.DoesNotContain(result.Events, change => change.Kind == "checkpoint-failed");
    }

    [Fact]
    public async Task What_is_left_of_a_cluster_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await TestCluster.Start(3);
        cluster.Submit(Endless, servers: 3, checkpoints: Path.Combine(folder.Path, "checkpoints"));
        await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Count == 2, "two checkpoints");
        await cluster.KillUntold(cluster.Nodes[2]);
        var resumed = await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "resumed", "the run after the loss");
        Assert.StartsWith($"from {folder.Path}", resumed.Change.Detail);
        await cluster.Goes(20);
        cluster.Nodes[0].Cancel("job", "enough", 0);
        var result = await cluster.Result();
        Assert.Equal(("stopped", "enough"), (result.State, result.StopReason));
        Assert.Equal(PlainTraining.Hash(Endless, result.Steps), result.WeightsSha256);
        Assert.Contains(result.Events, change => change.Kind == "node-lost" && change.Node == cluster.Nodes[2].Address);
    }
}
