namespace DistributedTrainer.Coordination.Tests;

/// <summary>
/// A range's primary, n0, and its backup, n2, lose each other, and the third node reaches both. Found by simulated stories: the job lost
/// the range where the one was left out whom others listened to.
/// </summary>
public class CoordinatorLinkTests
{
    [Theory, InlineData("n0"), InlineData("n1"), InlineData("n2")]
    public void The_one_stays_that_has_taken_over_and_is_listened_to(string coordinator)
    {
        var cluster = Running(coordinator);
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [7], Replaced = [0], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Says(cluster, "n2", report => report with { Serves = [0], ServedVersions = [5], Keeps = [], Unreachable = ["n0"], UnreachableWhy = ["it broke"] });
        Assert.Equal("n0", Lost(cluster));
    }

    [Theory, InlineData("n0"), InlineData("n1"), InlineData("n2")]
    public void The_primary_stays_where_its_backup_came_too_late_and_gave_up(string coordinator)
    {
        var cluster = Running(coordinator);
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [7], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Says(cluster, "n2", report => report with { Serves = [], Keeps = [], GivenUp = [0], Unreachable = ["n0"], UnreachableWhy = ["it broke"] });
        Assert.Equal("n2", Lost(cluster));
    }

    [Fact]
    public void One_that_is_about_to_take_over_counts_as_if_it_had()
    {
        var cluster = Running("n0");
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [6], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Says(cluster, "n2", report => report with { Keeps = [0], Unreachable = ["n0"], UnreachableWhy = ["it broke"] });
        Assert.Equal("n0", Lost(cluster));
    }

    [Fact]
    public void A_backup_that_follows_no_assignment_yet_takes_nothing_over()
    {
        var cluster = Running("n1");
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [0], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Says(cluster, "n2", report => report with { Active = 0, Keeps = [0], Unreachable = ["n0"], UnreachableWhy = ["it broke"] });
        cluster.Until(() => cluster.Changes("node-lost").Any(), "the verdict", boundSeconds: 5);
        Assert.False(cluster.Commands.Exists(command => command is { Node: "n0", Message: StartAfresh }));
    }

    [Fact]
    public void Its_primary_may_know_that_it_lives_where_no_word_of_it_arrives()
    {
        var cluster = Running("n0");
        cluster.Node("n2").IsSilent = true;
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [5], Replaced = [0], Unreachable = ["n2"], UnreachableWhy = ["it is silent"] });
        Assert.Equal("n0", Lost(cluster));
    }

    [Fact]
    public void While_both_say_that_they_serve_the_range_the_third_node_is_waited_for()
    {
        var cluster = Running("n1");
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [9], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Says(cluster, "n2", report => report with { Serves = [0], ServedVersions = [5], Keeps = [], Unreachable = ["n0"], UnreachableWhy = ["it broke"] });
        cluster.For(0.8);
        Assert.Empty(cluster.Changes("node-lost"));
        Says(cluster, "n0", report => report with { Serves = [0], ServedVersions = [9], Replaced = [0], Unreachable = ["n2"], UnreachableWhy = ["it broke"] });
        Assert.Equal("n0", Lost(cluster));
    }

    private static void Says(PlayedCluster cluster, string node, Func<JobReport, JobReport> says)
    {
        cluster.Node(node).Says = says;
        cluster.Node(node).ReportSoon();
    }

    private static string Lost(PlayedCluster cluster)
    {
        cluster.Until(() => cluster.Changes("node-lost").Any(), "the verdict", boundSeconds: 5);
        return Assert.Single(cluster.Changes("node-lost")).Node;
    }

    private static PlayedCluster Running(string coordinator)
    {
        var cluster = new PlayedCluster { Parameters = 10_000 };
        if (coordinator != "n0")
            cluster.MoveCoordinator(coordinator);
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 100 }, servers: 2) with { Replicas = 1 });
        cluster.Until(() => cluster.Training.Version > 1, "a step");
        Assert.Equal(("n0", "n2"), (cluster.Training.Stamped!.Primaries[0], cluster.Training.Stamped.BackupOf(0)));
        return cluster;
    }
}
