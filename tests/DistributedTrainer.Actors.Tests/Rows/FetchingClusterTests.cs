using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Nodes without the data take part, and the weights are those of a plain loop.</summary>
public class FetchingClusterTests
{
    /// <summary>Goes on until it is stopped.</summary>
    private static readonly Job Endless = SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 1_000_000 };

    private static readonly Job Images = SmallJobs.Digits with
    {
        Data = SmallImages.Data with { ValidationFraction = 0.2, TestFraction = 0.1, Augment = [new Shift(1), new Noise(0.05)] },
        Model = [new Dense(32) { Activation = Activation.Relu }, new Dropout(0.2), new Dense(10)],
    };

    [Theory]
    [InlineData(UnixSocketPair.Hocon)]
    [InlineData(TcpPair.Hocon)]
    [InlineData(AkkaRemotePair.Hocon)]
    public async Task A_worker_without_the_data_gives_the_same_weights(string hocon)
    {
        await using var cluster = await TestCluster.Start(1, new NodeOptions { Hocon = hocon });
        var worker = await cluster.Add(WithoutData.Node with { Hocon = hocon, Roles = ["worker"] });
        var result = await cluster.Train(Images);
        Assert.Equal(("completed", 2), (result.State, result.Nodes));
        Assert.Equal(PlainTraining.Hash(Images, result.Steps), result.WeightsSha256);
        Assert.True(result.PerNode.Single(node => node.Node == worker.Address).ShardSteps > 0, "the worker computed nothing");
    }

    [Fact]
    public async Task Every_shape_of_job_gives_the_same_where_only_one_of_three_nodes_has_the_data()
    {
        await using var cluster = await TestCluster.Start(1);
        await cluster.Add(WithoutData.Node);
        await cluster.Add(WithoutData.SmallNode);
        foreach (var (index, (name, job)) in SmallJobs.Shapes.Where(shape => shape.Value.PseudoLabels is null).Where((_, index) => index % 3 == 1).Index())
        {
            var result = await cluster.Train(job, $"shape-{index}");
            var saved = job.Stop.Patience is null ? result.Steps : result.Steps - (result.Steps / result.Epochs);
            Assert.True(result.State == "completed", $"{name}: {result.StopReason}");
            Assert.True(PlainTraining.Hash(job, saved) == result.WeightsSha256, $"{name}: other weights than a plain loop's");
        }
    }

    /// <summary>Unlabelled rows stay on the nodes that have them.</summary>
    [Fact]
    public async Task A_node_without_the_data_of_a_job_with_pseudo_labels_gets_no_shards_and_says_why()
    {
        await using var cluster = await TestCluster.Start(1);
        await cluster.Add(WithoutData.Node);
        var result = await cluster.Train(SmallJobs.Shapes.Values.First(job => job.PseudoLabels is not null));
        Assert.Equal("failed", result.State); // the test asks for two nodes
        Assert.Contains("unlabelled rows are not fetched from other nodes", result.StopReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_that_coordinates_and_saves_needs_no_data_either()
    {
        await using var cluster = await TestCluster.Start(1, WithoutData.Node);
        await cluster.Add(new NodeOptions());
        var job = Images with { Stop = new StopSpec { Steps = 30 } };
        var result = await cluster.Train(job);
        Assert.Equal(PlainTraining.Hash(job, 30), result.WeightsSha256);
        using var folder = new TemporaryFolder();
        var alone = await Trainer.TrainAsync(job, folder.Path, threads: 1);
        Assert.Equal(alone.Test!.Loss, result.Test!.Loss); // on rows that were fetched
        Assert.Equal(alone.Validation!.Loss, result.Validation!.Loss);
    }

    [Fact]
    public async Task A_text_and_a_table_are_fetched_as_images_are()
    {
        using var folder = new TemporaryFolder();
        var text = Path.Combine(folder.Path, "t.txt");
        File.WriteAllText(text, string.Concat(Enumerable.Range(0, 600).Select(index => $"{index * index} and {index % 7}. ")));
        var language = new Job
        {
            Name = "text",
            Data = new TextData(text, 16) { ValidationFraction = 0.1, Stride = 5 },
            Model = [new Embedding(8), new Dense(File.ReadAllText(text).Distinct().Count()) { PerPosition = true }],
            Loss = new CrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.01 },
            BatchSize = 24,
            Epochs = 1,
        };
        await using var cluster = await TestCluster.Start(1);
        await cluster.Add(WithoutData.SmallNode);
        var result = await cluster.Train(language, "text");
        Assert.True(result.State == "completed", result.StopReason);
        Assert.Equal(PlainTraining.Hash(language, result.Steps), result.WeightsSha256);

        var table = Path.Combine(folder.Path, "t.csv");
        File.WriteAllLines(table, Enumerable.Range(0, 900).Select(row => $"{row % 37},{"abc"[row % 3]},{(row % 5 == 0 ? "" : row % 13)},{row % 11}").Prepend("x,kind,z,y"));
        var regression = SmallJobs.Shapes["regression"] with
        {
            Data = new CsvData(table, "y") { Categorical = ["kind"], Missing = MissingValues.Mean, ValidationFraction = 0.1 },
        };
        result = await cluster.Train(regression, "table");
        Assert.Equal(PlainTraining.Hash(regression, result.Steps), result.WeightsSha256);
    }

    [Fact]
    public async Task A_node_that_joins_half_way_without_the_data_gets_shards()
    {
        await using var cluster = await TestCluster.Start(1);
        cluster.Submit(Endless);
        await cluster.Goes(20);
        var late = await cluster.Add(WithoutData.Node);
        await cluster.Hears<ClusterChanged>(change => change.Change.Kind == "shards-moved" && change.Change.Detail.Contains(late.Address), "shards for the new node");
        // Neither the assignment's first step nor the node's next report need come within the next steps.
        await Wait.Until(async () => await Bytes(cluster, late) > 0, "rows on the new node");
        Assert.Equal([cluster.Nodes[0].Address], await Sources(cluster, late));
        await Stop(cluster);
    }

    [Fact]
    public async Task A_source_dies_and_another_serves()
    {
        await using var cluster = await TestCluster.Start(1);
        var source = await cluster.Add(new NodeOptions { Roles = ["worker"] });
        var fetching = await cluster.Add(WithoutData.SmallNode with { Roles = ["worker"] });
        cluster.Submit(Endless);
        await cluster.Goes(20);
        Assert.Equal([cluster.Nodes[0].Address, source.Address], await Sources(cluster, fetching));
        await cluster.Kill(source);
        await Wait.Until(async () => (await Sources(cluster, fetching)).SequenceEqual([cluster.Nodes[0].Address]), "the other source alone");
        await cluster.Goes(40);
        var result = await Stop(cluster);
        Assert.True(result.PerNode.Single(node => node.Node == fetching.Address).ShardSteps > 0);
    }

    [Fact]
    public async Task The_last_source_dies_and_what_is_here_is_enough()
    {
        await using var cluster = await TestCluster.Start(1, WithoutData.Node);
        await cluster.Add(WithoutData.Node);
        var source = await cluster.Add(new NodeOptions { Roles = ["worker"] });
        var job = Endless with { Data = Endless.Data with { ValidationFraction = 0 }, BatchSize = 256 };
        cluster.Submit(job, servers: 2, replicas: 1);
        await Wait.Until(async () => (await cluster.Survivor.StatusAsync(Wait.Bound)).Nodes.Count(node => node.RowBytes >= 1797L * (256 + 4)) == 2, "all rows on both nodes");
        await cluster.Kill(source);
        await cluster.Goes(60);
        await Stop(cluster, job);
    }

    [Fact]
    public async Task When_nobody_has_the_rows_any_more_the_job_ends_and_says_so()
    {
        var options = WithoutData.SmallNode with { Hocon = "dtrain.rows { cache-limit = 64 KiB, within = 1s }" };
        await using var cluster = await TestCluster.Start(1, options);
        var source = await cluster.Add(new NodeOptions { Roles = ["worker"] });
        cluster.Submit(Endless);
        await cluster.Goes(20);
        await cluster.Kill(source);
        var result = await cluster.Result();
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains("waited 1 s for rows of digits, which are not on this node", result.StopReason);
        Assert.Contains(source.Address, result.StopReason);
    }

    [Fact]
    public async Task A_job_whose_data_no_node_has_names_the_file_and_the_nodes()
    {
        await using var cluster = await TestCluster.Start(2, WithoutData.Node);
        var result = await cluster.Train(SmallJobs.Digits);
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains($"no node of the cluster has the data: node {cluster.Nodes[0].Address}: x.idx: no such file. Nor has {cluster.Nodes[1].Address}.", result.StopReason);
    }

    [Fact]
    public async Task Once_all_rows_are_here_none_is_fetched_again()
    {
        await using var cluster = await TestCluster.Start(1);
        var fetching = await cluster.Add(WithoutData.Node with { Roles = ["worker"] });
        cluster.Submit(Endless with { Data = Endless.Data with { ValidationFraction = 0 }, BatchSize = 256 });
        const long All = 1797L * (256 + 4);
        await Wait.Until(async () => await Bytes(cluster, fetching) >= All, "all rows");
        await cluster.Goes(100);
        Assert.Equal(All, await Bytes(cluster, fetching));
        var counters = (DataPlane.Of(fetching.System).Transport.Counters, DataPlane.Of(cluster.Nodes[0].System).Transport.Counters);
        Assert.Equal((All, All), (counters.Item1.RowBytesFetched, counters.Item2.RowBytesServed));
    }

    private static async Task<IReadOnlyList<string>> Sources(TestCluster cluster, ClusterNode node) =>
        (await cluster.Survivor.StatusAsync(Wait.Bound)).Nodes.Single(state => state.Address == node.Address).RowSources;

    /// <summary>None as long as the coordinator has not heard of a node that has just joined.</summary>
    private static async Task<long> Bytes(TestCluster cluster, ClusterNode node) =>
        (await cluster.Survivor.StatusAsync(Wait.Bound)).Nodes.SingleOrDefault(state => state.Address == node.Address)?.RowBytes ?? 0;

    private static async Task<JobResult> Stop(TestCluster cluster, Job? job = null)
    {
        cluster.Survivor.Cancel("job", "enough", 0);
        var result = await cluster.Result();
        Assert.Equal(("stopped", "enough"), (result.State, result.StopReason));
        Assert.Equal(PlainTraining.Hash(job ?? Endless, result.Steps), result.WeightsSha256);
        return result;
    }
}
