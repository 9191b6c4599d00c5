namespace DistributedTrainer.Coordination.Tests;

public class CoordinatorMembershipTests
{
    [Fact]
    public void A_node_that_joins_gets_shards_once_all_are_ready()
    {
        var cluster = Running();
        cluster.Add("n3");
        cluster.Until(() => cluster.Training.History.Count == 2, "the second assignment");
        var (version, assignment) = cluster.Training.History[1];
        Assert.Equal(2, assignment.Number);
        Assert.Contains("n3", assignment.Shards);
        Assert.InRange(version, 2, 39);
        // Ready before it is stamped: every node of the old and of the new assignment, the new one included.
        var prepared = cluster.Commands.FindLastIndex(command => command.Message is PrepareAssignment { Number: 2 });
        var activated = cluster.Commands.FindIndex(command => command.Message is ActivateAssignment { Number: 2 });
        Assert.Equal(4, cluster.Commands.Take(activated).Where(command => command.Message is PrepareAssignment { Number: 2 }).Select(command => command.Node).Distinct().Count());
        Assert.True(prepared < activated);
        Assert.Equal(["n0", "n1", "n2", "n3"], cluster.Changes("node-joined").Select(change => change.Node));
        cluster.ToEnd();
        Assert.Contains("n3", Assert.Single(cluster.Changes("shards-moved")).Detail);
    }

    [Fact]
    public void A_node_with_other_data_that_joins_gets_none()
    {
        var cluster = Running();
        cluster.Add("n3").DataSha256 = "0bad";
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Single(cluster.Training.History);
    }

    [Theory, InlineData("n0"), InlineData("n1"), InlineData("n2")]
    public void A_node_that_leaves_politely_goes_once_it_has_nothing_left(string leaving)
    {
        var cluster = Running(servers: 2);
        cluster.Node(leaving).IsLeaving = true;
        cluster.Until(() => cluster.Node(leaving).MayLeave, "leave to go");
        Assert.DoesNotContain(leaving, cluster.Training.Stamped!.Nodes);
        cluster.Remove(leaving, politely: true);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal(leaving, Assert.Single(cluster.Changes("node-left")).Node);
        Assert.Empty(cluster.Changes("node-lost"));
    }

    [Fact]
    public void A_node_that_may_leave_stays_left_out()
    {
        var cluster = Running();
        cluster.Node("n2").IsLeaving = true;
        cluster.ToEnd();
        Assert.Equal(2, cluster.Training.History.Count);
    }

    [Fact]
    public void Two_nodes_may_leave_at_once()
    {
        var cluster = Running();
        cluster.Node("n0").IsLeaving = true;
        cluster.Node("n2").IsLeaving = true;
        cluster.Until(() => cluster.Node("n0").MayLeave && cluster.Node("n2").MayLeave, "leave to go");
        Assert.Equal(["n1"], cluster.Training.Stamped!.Nodes);
        Assert.Equal("completed", cluster.ToEnd().State);
    }

    [Fact]
    public void The_last_node_cannot_hand_over_and_finishes_the_job()
    {
        var cluster = Running();
        foreach (var node in cluster.Nodes)
            node.IsLeaving = true;
        Assert.Equal("completed", cluster.ToEnd().State);
        cluster.Until(() => cluster.Nodes.All(node => node.MayLeave), "leave to go");
    }

    [Fact]
    public void One_leaves_while_another_joins()
    {
        var cluster = Running();
        cluster.Add("n3");
        cluster.Node("n0").IsLeaving = true;
        cluster.Until(() => cluster.Node("n0").MayLeave, "leave to go");
        cluster.Remove("n0", politely: true);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal(["n1", "n2", "n3"], cluster.Training.Stamped!.Nodes);
    }

    [Fact]
    public void A_node_may_be_gone_before_the_leading_server_tells_that_it_was_released()
    {
        var cluster = Running();
        cluster.Loses = (_, name) => name == "step report";
        cluster.Node("n2").IsLeaving = true;
        cluster.Until(() => cluster.Node("n2").MayLeave, "leave to go");
        cluster.Remove("n2", politely: true);
        cluster.Loses = (_, _) => false;
        Assert.Equal("completed", cluster.ToEnd().State);
    }

    [Fact]
    public void A_leaving_node_keeps_its_job_until_its_ranges_are_handed_over()
    {
        var cluster = Running();
        var leaving = cluster.Node("n0");
        (leaving.IsLeaving, leaving.IsHandingOver) = (true, true);
        cluster.Until(() => cluster.Training.Stamped is { } stamped && !stamped.Nodes.Contains("n0"), "the assignment without it");
        cluster.For(seconds: 0.5);
        Assert.Null(cluster.Result());
        Assert.True(leaving.HasJob);
        Assert.False(leaving.MayLeave);
        leaving.IsHandingOver = false;
        cluster.Until(() => leaving.MayLeave, "leave to go");
    }

    [Fact]
    public void A_lost_node_without_a_part_does_not_matter()
    {
        var cluster = new PlayedCluster(nodes: 4);
        cluster.Submit(SmallJobs.Submit(job => job with { Shards = 2, Epochs = 10 }));
        cluster.Until(() => cluster.Training.Version > 1, "a step");
        cluster.Remove("n3", politely: false);
        Assert.Equal("completed", cluster.ToEnd().State);
    }

    [Fact]
    public void A_node_that_falls_silent_ends_the_run_within_the_bound()
    {
        var cluster = Running();
        cluster.Node("n2").IsSilent = true;
        var result = cluster.ToEnd(boundSeconds: 130);
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains("no progress for 120 s", result.StopReason);
    }

    [Fact]
    public void An_assignment_that_not_all_are_ready_for_never_comes_into_force()
    {
        var cluster = Running();
        cluster.Loses = (_, name) => name == "PrepareAssignment to n1";
        cluster.Add("n3");
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains(cluster.Commands, command => command.Message is PrepareAssignment { Number: 2 });
        Assert.Single(cluster.Training.History);
    }

    [Fact]
    public void A_node_that_never_gets_ready_for_the_first_step_is_named_within_the_bound()
    {
        var cluster = new PlayedCluster { Loses = (_, name) => name == "PrepareAssignment to n1" };
        cluster.Submit(SmallJobs.Submit());
        var result = cluster.ToEnd(boundSeconds: 130);
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains("nodes n1 to get ready for assignment 1", result.StopReason);
    }

    [Fact]
    public void Status_says_who_does_what()
    {
        var cluster = Running();
        cluster.Node("n2").IsLeaving = true;
        cluster.For(0.5);
        var status = cluster.Logic.Status();
        Assert.Equal(["n0", "n1", "n2"], status.Nodes.Select(node => node.Address));
        Assert.Equal("leaving", status.Nodes[2].State);
        Assert.Equal(Enumerable.Range(0, 8), status.Nodes.SelectMany(node => node.Shards));
        Assert.Equal([0], status.Nodes[0].Primaries);
        var job = Assert.Single(status.Jobs);
        Assert.Equal(("j1", "running", 40L), (job.Id, job.State, job.Steps));
        Assert.InRange(job.Step, 1, 39);
    }

    /// <summary>Three nodes a few steps into a job of 40.</summary>
    private static PlayedCluster Running(int servers = 1)
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = 10 }, servers: servers));
        cluster.Until(() => cluster.Training.Version > 1, "a step");
        return cluster;
    }
}
