using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The law of bits: a cluster's weights are those of a plain loop.</summary>
public class ClusterHashTests
{
    public static TheoryData<string> Shapes => SmallJobs.Names;

    [Theory]
    [InlineData(1, 0, UnixSocketPair.Hocon)]
    [InlineData(2, 0, UnixSocketPair.Hocon)]
    [InlineData(2, 3, TcpPair.Hocon)]
    [InlineData(3, 1, UnixSocketPair.Hocon)]
    [InlineData(3, 3, AkkaRemotePair.Hocon)]
    [InlineData(3, 3, TcpPair.Hocon)]
    [InlineData(5, 0, UnixSocketPair.Hocon)]
    [InlineData(2, 0, AkkaRemotePair.Hocon)]
    public async Task Any_nodes_servers_and_transport_give_the_weights_of_a_plain_loop(int nodes, int servers, string hocon)
    {
        await using var cluster = await TestCluster.Start(nodes, new NodeOptions { Hocon = hocon });
        var result = await cluster.Train(SmallJobs.Digits, servers: servers);
        Assert.Equal(("completed", 70L, nodes), (result.State, result.Steps, result.Nodes));
        Assert.Equal(PlainTraining.Hash(SmallJobs.Digits, 70), result.WeightsSha256);
        Assert.All(result.PerNode, node => Assert.True(node.ShardSteps > 0, $"{node.Node} computed nothing"));
        Assert.InRange(result.PerNode.Sum(node => node.ShardSteps), 70 * 8, 2 * 70 * 8); // others compute a late node's shards too
        Assert.Equal(servers == 0 ? Math.Min(2, nodes) : servers, result.Servers);
    }

    [Fact]
    public async Task Every_shape_of_job_gives_the_same_on_three_nodes_one_after_the_other()
    {
        await using var cluster = await TestCluster.Start(3);
        foreach (var (index, (name, job)) in SmallJobs.Shapes.Index())
        {
            var result = await cluster.Train(job, $"shape-{index}");
            var saved = job.Stop.Patience is null ? result.Steps : result.Steps - (result.Steps / result.Epochs);
            Assert.True(PlainTraining.Hash(job, saved) == result.WeightsSha256, $"{name}: other weights than a plain loop's");
        }
    }

    /// <summary>Pieces of a model this wide are large enough for shared memory.</summary>
    [Theory, InlineData(SharedMemoryPair.Hocon), InlineData(UnixSocketPair.Hocon)]
    public async Task A_wide_model_gives_the_same_through_memory_and_sockets(string hocon)
    {
        var job = SmallJobs.Digits with { Model = [new Dense(1500) { Activation = Activation.Relu }, new Dense(10)] };
        await using var cluster = await TestCluster.Start(3, new NodeOptions { Hocon = hocon });
        var result = await cluster.Train(job);
        Assert.Equal(PlainTraining.Hash(job, result.Steps), result.WeightsSha256);
    }

    [Fact]
    public async Task More_nodes_than_shards_leave_one_idle()
    {
        var job = SmallJobs.Digits with { Shards = 2 };
        await using var cluster = await TestCluster.Start(3);
        var result = await cluster.Train(job, servers: 3);
        Assert.Equal(PlainTraining.Hash(job, 70), result.WeightsSha256);
        Assert.Equal(0, result.PerNode[2].ShardSteps);
        Assert.InRange(result.PerNode.Sum(node => node.ShardSteps), 2 * 70, 2 * 2 * 70);
    }

    [Fact]
    public async Task Roles_may_be_on_nodes_of_their_own()
    {
        await using var cluster = await TestCluster.Start(1, new NodeOptions { Roles = ["coordinator"] });
        await cluster.Add(new NodeOptions { Roles = ["server"] });
        await cluster.Add(new NodeOptions { Roles = ["worker"] });
        var result = await cluster.Train(SmallJobs.Digits);
        Assert.Equal(PlainTraining.Hash(SmallJobs.Digits, 70), result.WeightsSha256);
        Assert.Equal([0L, 0L, 560L], result.PerNode.Select(node => node.ShardSteps));
    }

    [Fact]
    public async Task A_cluster_without_workers_says_so()
    {
        await using var cluster = await TestCluster.Start(2, new NodeOptions { Roles = ["coordinator", "server"] });
        var result = await cluster.Train(SmallJobs.Digits);
        Assert.Equal(("failed", 3), (result.State, result.ExitCode));
        Assert.Contains("worker", result.StopReason);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_names_step_and_shard_on_a_cluster_too()
    {
        using var folder = new TemporaryFolder();
        var job = InfiniteLoss.Job(folder);
        var (step, shard) = InfiniteLoss.WhereIs(job);
        await using var cluster = await TestCluster.Start(3);
        var result = await cluster.Train(job);
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains($"the loss is infinite in step {step}, shard {shard}", result.StopReason);
        // The cluster is none the worse for it.
        Assert.Equal("completed", (await cluster.Train(SmallJobs.Digits, "next")).State);
    }

    [Fact]
    public async Task A_node_with_other_data_ends_a_job_that_needs_it_and_both_hashes_are_named()
    {
        await using var cluster = await TestCluster.Start(2);
        await cluster.Add(new NodeOptions { Opener = OtherData.Open });
        var result = await cluster.Train(SmallJobs.Digits);
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains(cluster.Nodes[2].Address, result.StopReason);
        Assert.Contains($"in digits: SHA-256 {OtherData.Sha256}", result.StopReason);
        Assert.Contains(SmallJobs.DataSha256(SmallJobs.Digits), result.StopReason);
    }
}
