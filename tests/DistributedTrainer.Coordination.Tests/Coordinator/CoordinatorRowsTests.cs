namespace DistributedTrainer.Coordination.Tests;

/// <summary>Nodes that have not the data hear who has it.</summary>
public class CoordinatorRowsTests
{
    private const string Missing = "houses.csv: no such file.";

    [Fact]
    public void A_node_without_the_data_fetches_rows_and_takes_part()
    {
        var cluster = With("n1");
        cluster.Submit(SmallJobs.Submit());
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        Assert.Equal(["n0", "n2"], cluster.Node("n1").RowSources);
        Assert.NotEqual((0, 0), cluster.Training.Stamped!.ShardsOf("n1"));
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain(cluster.Commands, command => command.Node != "n1" && command.Message is FetchRows);
    }

    [Fact]
    public void Only_nodes_with_the_data_that_most_have_are_named()
    {
        var cluster = new PlayedCluster(nodes: 4);
        Lose(cluster, "n3");
        cluster.Node("n0").DataSha256 = "0bad";
        cluster.Submit(SmallJobs.Submit(minNodes: 3));
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal(["n1", "n2"], cluster.Node("n3").RowSources);
    }

    [Fact]
    public void Those_who_fetch_do_not_decide_what_the_data_is()
    {
        var cluster = new PlayedCluster(nodes: 4);
        foreach (var node in (string[])["n2", "n3"])
            Lose(cluster, node);
        cluster.Node("n2").DataSha256 = cluster.Node("n3").DataSha256 = "0bad"; // they were told something else
        cluster.Submit(SmallJobs.Submit(minNodes: 2));
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain(cluster.Training.History, stamped => stamped.Assignment.Nodes.Contains("n2"));
    }

    [Fact]
    public void A_source_that_is_lost_is_named_no_more()
    {
        var cluster = With("n1");
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 1000 }));
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        cluster.Vanish("n2");
        cluster.Remove("n2", politely: false);
        cluster.Until(() => cluster.Node("n1").RowSources.SequenceEqual(["n0"]), "the new sources");
    }

    [Fact]
    public void A_node_that_joins_half_way_without_the_data_takes_part()
    {
        var cluster = new PlayedCluster(nodes: 2);
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 1000 }, minNodes: 2));
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        cluster.Add("n2");
        Lose(cluster, "n2");
        cluster.Until(() => cluster.Training.Stamped!.ShardsOf("n2") is var (first, end) && first < end, "shards for it");
        Assert.Equal(["n0", "n1"], cluster.Node("n2").RowSources);
    }

    [Fact]
    public void A_source_that_is_about_to_leave_is_named_only_where_there_is_no_other()
    {
        var cluster = With("n1");
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 1000 }));
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        cluster.Node("n2").IsLeaving = true;
        cluster.Until(() => cluster.Node("n1").RowSources.SequenceEqual(["n0"]), "the sources that stay");
    }

    [Fact]
    public void A_job_whose_data_nobody_has_names_the_file_and_the_nodes()
    {
        var cluster = With("n0", "n1", "n2");
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.StartsWith($"no node of the cluster has the data: node n0: {Missing} Nor has n1, n2.", result.StopReason);
    }

    [Fact]
    public void Status_says_where_rows_come_from()
    {
        var cluster = With("n1");
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 1000 }));
        cluster.Until(() => cluster.Training.Version > 0, "a step");
        Assert.Equal(["n0", "n2"], cluster.Logic.Status().Nodes.Single(node => node.Address == "n1").RowSources);
    }

    private static PlayedCluster With(params string[] without)
    {
        var cluster = new PlayedCluster();
        foreach (var node in without)
            Lose(cluster, node);
        return cluster;
    }

    private static void Lose(PlayedCluster cluster, string node) => (cluster.Node(node).Lacks, cluster.Node(node).OpenError) = (true, $"node {node}: {Missing}");
}
