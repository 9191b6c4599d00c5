using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// Nodes die while a job runs; it goes on, is stopped later, and its weights must be those of a run that was to stop at that step. So
/// nothing here depends on how fast anything is.
/// </summary>
public class RecoveryTests
{
    private static readonly Job Endless = SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 1_000_000, Penalty = new PenaltySpec(0, 1e-4) };

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    public async Task Replication_does_not_change_the_weights(int nodes, int servers)
    {
        await using var cluster = await TestCluster.Start(nodes);
        var result = await cluster.Train(SmallJobs.Digits, servers: servers, replicas: 1);
        Assert.Equal("completed", result.State);
        Assert.Equal(PlainTraining.Hash(SmallJobs.Digits, 70), result.WeightsSha256);
        Assert.Equal(1, result.Replicas);
    }

    /// <summary>Servers keep float32 behind what nodes read: it goes to backups, to newcomers and to checkpoints.</summary>
    [Fact]
    public async Task A_primary_dies_under_a_job_in_bfloat16()
    {
        var job = Endless with { Precision = Precision.Bfloat16 };
        await using var cluster = await TestCluster.Start(3);
        cluster.Submit(job, servers: 2, replicas: 1);
        await cluster.Goes(20);
        await cluster.Kill(await Victim(cluster, "primary"));
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "shards-moved", "shards on the others");
        await cluster.Add();
        await cluster.Goes(20);
        cluster.Survivor.Cancel("job", "enough", 0);
        var result = await cluster.Result();
        Assert.Equal(PlainTraining.Hash(job, result.Steps), result.WeightsSha256);
    }

    public static TheoryData<string, int, int, int> Deaths => new()
    {
        { "worker", 3, 2, 0 },
        { "worker", 3, 1, 1 },
        { "primary", 3, 2, 1 },
        { "primary", 2, 2, 1 },
        { "leader", 3, 2, 1 },
        { "leader", 2, 1, 1 },
        { "coordinator", 3, 2, 1 },
        { "coordinator", 2, 2, 1 },
    };

    [Theory, MemberData(nameof(Deaths))]
    public async Task A_node_dies_and_the_others_go_on(string victim, int nodes, int servers, int replicas)
    {
        await using var cluster = await TestCluster.Start(nodes);
        cluster.Submit(Endless, servers: servers, replicas: replicas);
        await cluster.Goes(20);
        var node = await Victim(cluster, victim);
        await cluster.Kill(node);
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "node-lost" && change.Change.Node == node.Address, "the loss of the node");
        await cluster.Hears<ClusterChanged>(
            change => change.Change.Kind == "shards-moved" && !change.Change.Detail.Contains(node.Address), "shards on the others");
        await cluster.Goes(20);
        var result = await Stop(cluster);
        Assert.Single(result.Events, change => change.Kind == "node-lost");
        Assert.True(victim != "coordinator" || result.Events.Any(change => change.Kind == "coordinator-moved"));
    }

    /// <summary>One node after the other dies, until one is left; each time the ranges' backups are filled anew before.</summary>
    [Fact]
    public async Task All_nodes_but_one_die_one_after_the_other()
    {
        await using var cluster = await TestCluster.Start(4);
        cluster.Submit(Endless, servers: 3, replicas: 1);
        for (var left = 4; left > 1; left--)
        {
            await cluster.Goes(20);
            var node = await Victim(cluster, "leader");
            await cluster.Kill(node);
            await cluster.Hears<ClusterChanged>(
                change => change.Change.Kind == "shards-moved" && !change.Change.Detail.Contains(node.Address) && change.Change.Step > 0, "shards on the others");
            await Wait.Until(async () => await HasBackups(cluster, node.Address, left - 1), "new backups");
        }

        await cluster.Goes(20);
        Assert.Equal(3, (await Stop(cluster)).Events.Count(change => change.Kind == "node-lost"));
    }

    private static async Task<bool> HasBackups(TestCluster cluster, string lost, int left)
    {
        var status = await cluster.Survivor.StatusAsync(Wait.Bound);
        return status.Nodes.Count == left && status.Nodes.All(node => node.Address != lost) && status.Nodes.Sum(node => node.Primaries.Count) == 3
            && status.Nodes.Sum(node => node.Backups.Count) == (left > 1 ? 3 : 0);
    }

    internal static Task<ClusterNode> Victim(TestCluster cluster, string role) => role switch
    {
        "worker" => cluster.Find(node => node.Primaries.Count == 0),
        "primary" => cluster.Find(node => node.Primaries.Contains(1)),
        "leader" => cluster.Find(node => node.Primaries.Contains(0)),
        _ => Task.FromResult(cluster.Survivor), // the first hosts the coordinator
    };

    /// <summary>Stops the job by a node that is still there and compares it with an undisturbed run.</summary>
    internal static async Task<JobResult> Stop(TestCluster cluster, Job? job = null)
    {
        cluster.Survivor.Cancel("job", "enough", 0);
        var result = await cluster.Result();
        Assert.Equal(("stopped", "enough"), (result.State, result.StopReason));
        using var folder = new TemporaryFolder();
        var planned = await Trainer.TrainAsync((job ?? Endless) with { Stop = new StopSpec { Steps = result.Steps } }, folder.Path, threads: 2);
        Assert.Equal(planned.WeightsSha256, result.WeightsSha256);
        Assert.Equal((planned.Steps, planned.Epochs, planned.Samples), (result.Steps, result.Epochs, result.Samples));
        Assert.Equal(planned.TrainLoss, result.TrainLoss);
        Assert.Equal(planned.Validation!.Loss, result.Validation!.Loss);
        return result;
    }
}
