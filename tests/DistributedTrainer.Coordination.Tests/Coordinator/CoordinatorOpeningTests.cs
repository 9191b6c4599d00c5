namespace DistributedTrainer.Coordination.Tests;

public class CoordinatorOpeningTests
{
    [Fact]
    public void A_job_starts_once_enough_nodes_have_its_data()
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit());
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        var started = Assert.Single(cluster.Events.OfType<JobStarted>());
        Assert.Equal((10, PlayedTraining.TrainRows, 10, 8, 1), (started.Parameters, started.TrainRows, started.BatchSize, started.Shards, started.Servers));
        Assert.Equal((2, 4L, 8L), (started.Epochs, started.StepsPerEpoch, started.TotalSteps));
        Assert.Equal(["n0", "n1", "n2"], started.Nodes);
        Assert.Equal(["n0", "n1", "n2"], cluster.Changes("node-joined").Select(change => change.Node));
        Assert.All(cluster.Nodes, node => Assert.NotEqual((0, 0), cluster.Training.Stamped!.ShardsOf(node.Address)));
    }

    [Fact]
    public void A_job_runs_to_its_end_and_every_node_forgets_it()
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd();
        Assert.Equal(("completed", "epochs", 0), (result.State, result.StopReason, result.ExitCode));
        Assert.Equal((2, 8L, 80L), (result.Epochs, result.Steps, result.Samples));
        Assert.Equal("weights of version 8", result.WeightsSha256);
        Assert.Equal(3, result.PerNode.Count);
        Assert.Equal([4L, 8L], cluster.Events.OfType<EpochClosed>().Select(epoch => epoch.Row.Step));
        cluster.For(2);
        Assert.DoesNotContain(cluster.Nodes, node => node.HasJob);
    }

    [Fact]
    public void Other_data_on_a_node_that_is_needed_ends_the_job_with_both_hashes()
    {
        var cluster = new PlayedCluster();
        cluster.Node("n1").DataSha256 = "0bad";
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains("n1", result.StopReason);
        Assert.Contains("0bad", result.StopReason);
        Assert.Contains("da1a", result.StopReason);
    }

    [Fact]
    public void Other_data_on_a_node_that_is_not_needed_leaves_it_without_shards()
    {
        var cluster = new PlayedCluster();
        cluster.Node("n1").DataSha256 = "0bad";
        cluster.Submit(SmallJobs.Submit(minNodes: 2));
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain(cluster.Training.History, stamped => stamped.Assignment.Nodes.Contains("n1"));
        Assert.Contains(cluster.Changes("shards-moved"), change => change.Detail.Contains("0bad") && change.Detail.Contains("da1a"));
    }

    [Fact]
    public void A_node_that_cannot_load_the_data_ends_the_job_with_its_words()
    {
        var cluster = new PlayedCluster();
        cluster.Node("n2").OpenError = "node n2: no such file houses.csv";
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2, "node n2: no such file houses.csv"), (result.State, result.ExitCode, result.StopReason));
    }

    [Fact]
    public void A_node_of_another_build_is_refused_and_counts_for_nothing()
    {
        var cluster = new PlayedCluster();
        var stranger = cluster.Add("n3");
        stranger.Fingerprint = "b002";
        cluster.Submit(SmallJobs.Submit());
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains("b002", stranger.Refusal);
        Assert.Contains(PlayedCluster.Build, stranger.Refusal);
        Assert.False(stranger.HasJob);
        Assert.Empty(stranger.Book);
    }

    [Fact]
    public void Too_few_nodes_end_the_job_within_the_bound()
    {
        var cluster = new PlayedCluster(nodes: 2);
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd(boundSeconds: 61);
        Assert.Equal(("failed", 3), (result.State, result.ExitCode));
        Assert.Equal("waited 60 s for 3 nodes; 2 reported", result.StopReason);
    }

    [Fact]
    public void A_node_that_never_finishes_loading_ends_the_job_within_the_bound()
    {
        var cluster = new PlayedCluster();
        cluster.Node("n1").Opens = TimeSpan.FromDays(1);
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd(boundSeconds: 610);
        Assert.Equal(("failed", 3), (result.State, result.ExitCode));
        Assert.Contains("load the data", result.StopReason);
    }

    [Theory]
    [InlineData("coordinator", "worker", "server")]
    [InlineData("coordinator", "server", "worker")]
    public void A_cluster_without_a_role_says_which(string role, string other, string missing)
    {
        var cluster = new PlayedCluster();
        foreach (var node in cluster.Nodes)
            node.Roles = [role, other];
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd();
        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"role {missing}", result.StopReason);
    }

    [Fact]
    public void A_repeated_submission_is_one_job()
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit());
        cluster.Submit(SmallJobs.Submit());
        cluster.ToEnd();
        cluster.Submit(SmallJobs.Submit());
        cluster.For(5);
        Assert.Single(cluster.Events.OfType<JobFinished>());
        Assert.Single(cluster.Logic.Status().Jobs);
    }

    [Fact]
    public void A_second_job_waits_for_the_first()
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit());
        cluster.Submit(SmallJobs.Submit(id: "j2"));
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        Assert.Equal(["running", "waiting"], cluster.Logic.Status().Jobs.Select(job => job.State));
        Assert.Equal("completed", cluster.ToEnd("j1").State);
        Assert.Equal("completed", cluster.ToEnd("j2").State);
    }

    [Theory, InlineData(""), InlineData("a b"), InlineData("../up"), InlineData("a/b"), InlineData("ü")]
    public void An_id_that_cannot_name_a_folder_is_refused(string id)
    {
        var cluster = new PlayedCluster();
        Assert.False(cluster.Logic.Submit(SmallJobs.Submit(id: id), cluster.Now).Accepted);
        Assert.False(cluster.Logic.Submit(SmallJobs.Submit(id: new string('a', 201)), cluster.Now).Accepted);
        Assert.Empty(cluster.Logic.Status().Jobs);
    }

    [Fact]
    public void A_job_that_cannot_be_read_is_refused_with_the_reason()
    {
        var cluster = new PlayedCluster();
        var answer = cluster.Logic.Submit(SmallJobs.Submit() with { JobText = "model: 7" }, cluster.Now);
        Assert.False(answer.Accepted);
        Assert.Contains("model", answer.Reason);
        Assert.Empty(cluster.Logic.Status().Jobs);
    }
}
