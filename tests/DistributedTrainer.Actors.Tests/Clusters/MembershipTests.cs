using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// Nodes come and go while a job runs; then it is stopped, and its weights must be those of a run that was to stop at that step. So
/// nothing here depends on how fast anything is.
/// </summary>
public class MembershipTests
{
    /// <summary>Goes on until it is stopped.</summary>
    private static readonly Job Endless = SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 1_000_000, Penalty = new PenaltySpec(0, 1e-4) };

    [Theory, InlineData(1, 1), InlineData(2, 2)]
    public async Task A_node_that_joins_half_way_gets_shards(int nodes, int servers)
    {
        await using var cluster = await TestCluster.Start(nodes);
        cluster.Submit(Endless, servers: servers);
        await cluster.Goes(20);
        var late = await cluster.Add();
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "shards-moved" && change.Change.Detail.Contains(late.Address), "shards for the new node");
        await cluster.Goes(20);
        var result = await Stop(cluster);
        Assert.True(result.PerNode.Single(node => node.Node == late.Address).ShardSteps > 0);
        Assert.Contains(result.Events, change => change.Kind == "node-joined" && change.Node == late.Address && change.Step > 0);
    }

    /// <summary>An epoch of one step is an entry of the book, a thousand of them a second, and a newcomer lacks them all.</summary>
    [Fact]
    public async Task A_node_joins_a_job_of_many_short_epochs()
    {
        var job = Endless with { Data = new SyntheticData(80, 4, 2) { ValidationFraction = 0.2 }, Model = [new Dense(2)], BatchSize = 64, Epochs = int.MaxValue };
        await using var cluster = await TestCluster.Start(1);
        cluster.Submit(job);
        await cluster.Goes(5000);
        var late = await cluster.Add();
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "shards-moved" && change.Change.Detail.Contains(late.Address), "shards for the new node");
        var result = await Stop(cluster, job);
        Assert.Contains(result.Events, change => change.Kind == "node-joined" && change.Node == late.Address && change.Step > 0);
    }

    [Theory]
    [InlineData(0)] // the coordinator and the leading server
    [InlineData(1)] // the second server
    [InlineData(2)] // a worker without a range
    public async Task A_node_that_leaves_half_way_hands_over(int leaving)
    {
        await using var cluster = await TestCluster.Start(3);
        cluster.Submit(Endless, servers: 2);
        await cluster.Goes(20);
        await Leave(cluster, leaving);
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "node-left", "the coordinator to see it gone");
        await cluster.Goes(20);
        var result = await Stop(cluster);
        Assert.Equal(2, result.PerNode.Count(node => node.ShardSteps > 0));
        Assert.Contains(result.Events, change => change.Kind == "node-left" && change.Node == cluster.Nodes[leaving].Address);
        Assert.DoesNotContain(result.Events, change => change.Kind == "node-lost");
    }

    [Fact]
    public async Task All_but_the_last_may_leave_one_after_the_other()
    {
        await using var cluster = await TestCluster.Start(3);
        cluster.Submit(Endless, servers: 3);
        await cluster.Goes(20);
        await Leave(cluster, 0);
        await cluster.Goes(10);
        await Leave(cluster, 1);
        await cluster.Goes(10);
        Assert.Equal(cluster.Nodes[2].Address, (await Stop(cluster)).PerNode.Single().Node);
    }

    [Fact]
    public async Task One_leaves_and_another_takes_its_place()
    {
        await using var cluster = await TestCluster.Start(2);
        cluster.Submit(Endless, servers: 2);
        await cluster.Goes(20);
        var late = cluster.Add();
        var leaving = Leave(cluster, 1);
        await Task.WhenAll(late, leaving);
        await cluster.Hears<ClusterChanged>(
            change => change.Change.Kind == "shards-moved" && change.Change.Detail.Contains(late.Result.Address)
                && !change.Change.Detail.Contains(cluster.Nodes[1].Address),
            "the new node in the other's place");
        await cluster.Goes(20);
        await Stop(cluster);
    }

    [Fact]
    public async Task A_node_may_leave_when_there_is_no_job()
    {
        await using var cluster = await TestCluster.Start(3);
        await Leave(cluster, 0);
        await cluster.Nodes[1].StatusAsync(Wait.Bound);
        await Leave(cluster, 1);
        var status = await cluster.Nodes[2].StatusAsync(Wait.Bound);
        Assert.Equal(cluster.Nodes[2].Address, Assert.Single(status.Nodes).Address);
    }

    [Fact]
    public async Task A_node_may_leave_after_a_job()
    {
        await using var cluster = await TestCluster.Start(2);
        await cluster.Train(SmallJobs.Digits);
        await Leave(cluster, 1);
        await Leave(cluster, 0);
    }

    private static async Task Leave(TestCluster cluster, int index)
    {
        await cluster.Nodes[index].LeaveAsync(Wait.Bound);
        Assert.Equal(("left the cluster", 0), await cluster.Nodes[index].Stopped.WaitAsync(Wait.Bound));
    }

    /// <summary>Stops the job by a node that is still there and compares it with an undisturbed run.</summary>
    private static async Task<JobResult> Stop(TestCluster cluster, Job? job = null)
    {
        cluster.Nodes.First(node => !node.Stopped.IsCompleted).Cancel("job", "enough", 0);
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
