namespace DistributedTrainer.Coordination.Tests;

/// <summary>Nodes die, and nodes that were thought dead come back: the coordinator makes assignments that do without them.</summary>
public class CoordinatorRecoveryTests
{
    [Theory, InlineData("n1"), InlineData("n2")]
    public void A_worker_that_is_removed_is_replaced(string victim)
    {
        var cluster = Running();
        cluster.Remove(victim, politely: false);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain(victim, cluster.Training.Stamped!.Nodes);
        Assert.Equal(victim, Assert.Single(cluster.Changes("node-lost")).Node);
        Assert.Single(cluster.Changes("shards-moved"));
    }

    [Fact]
    public void A_link_that_failed_is_enough()
    {
        var cluster = Running();
        cluster.Vanish("n2");
        cluster.Node("n1").Unreachable = ["n2"];
        cluster.Until(() => cluster.Training.History.Count == 2, "the assignment without it", boundSeconds: 2);
        Assert.Equal("n2", Assert.Single(cluster.Changes("node-lost")).Node);
        cluster.Remove("n2", politely: false); // membership follows
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Single(cluster.Changes("node-lost"));
    }

    [Theory, InlineData("n1"), InlineData("n2")]
    public void The_backup_of_a_lost_primary_becomes_the_primary(string victim)
    {
        var cluster = Running(servers: 2, replicas: 1);
        var before = cluster.Training.Stamped!;
        Assert.All(Enumerable.Range(0, 2), range => Assert.NotEqual(before.Primaries[range], before.BackupOf(range)));
        cluster.Remove(victim, politely: false);
        Assert.Equal("completed", cluster.ToEnd().State);
        var after = cluster.Training.Stamped!;
        Assert.DoesNotContain(victim, after.Nodes);
        Assert.All(Enumerable.Range(0, 2), range =>
        {
            Assert.Equal(before.Primaries[range] == victim ? before.BackupOf(range) : before.Primaries[range], after.Primaries[range]);
            Assert.NotEqual(after.Primaries[range], after.BackupOf(range));
        });
    }

    [Fact]
    public void A_new_coordinator_whom_nobody_can_give_a_book_is_listened_to_by_nodes_that_know_of_an_earlier_one()
    {
        // Found by a simulated story: the only node with the book left at the moment in which another process came, which had heard the
        // coordinator's term and none of its entries. It ignored the next coordinator, on itself, as one that is of the past.
        var cluster = new PlayedCluster();
        cluster.Node("n1").Term = 2;
        cluster.MoveCoordinator("n1");
        Assert.Equal(3, cluster.Logic.Term);
        cluster.Submit(SmallJobs.Submit());
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains("n1", cluster.Training.Stamped!.Nodes);
    }

    [Fact]
    public void A_new_coordinator_on_a_node_that_was_left_out_does_not_take_it_for_one_with_the_state()
    {
        // Found by a simulated story: the coordinator's node died before a node that it had left out was told to start afresh.
        var cluster = Running(servers: 2, replicas: 1, epochs: 100);
        var cutOff = cluster.Node("n1");
        cluster.Vanish("n1");
        foreach (var other in (string[])["n0", "n2"])
            cluster.Node(other).Unreachable = ["n1"];
        cluster.Until(() => !cluster.Training.Stamped!.Has("n1"), "the assignment without it");
        cutOff.Says = report => report.Prepared == 1 ? report with { Serves = [0, 1] } : report;
        cluster.Return(cutOff);
        cluster.MoveCoordinator("n1");
        Assert.Contains(cluster.Logic.Drain(), decision => decision is TellNode { Node: "n1", Message: StartAfresh });
        cluster.For(10);
        Assert.Equal(1, cutOff.StartedAfresh);
        Assert.Equal("completed", cluster.ToEnd(boundSeconds: 120).State);
    }

    [Fact]
    public void A_new_coordinator_takes_no_node_of_another_build()
    {
        var cluster = new PlayedCluster();
        cluster.Node("n2").Fingerprint = "b002";
        cluster.MoveCoordinator("n0");
        cluster.Submit(SmallJobs.Submit() with { MinNodes = 2 });
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain("n2", cluster.Training.Stamped!.Nodes);
        Assert.NotNull(cluster.Node("n2").Refusal);
    }

    [Fact]
    public void The_coordinator_and_the_leading_server_may_die_together()
    {
        var cluster = Running(servers: 2, replicas: 1, epochs: 30);
        cluster.Vanish("n0");
        cluster.MoveCoordinator("n1");
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.DoesNotContain("n0", cluster.Training.Stamped!.Nodes);
        Assert.Equal("n0", Assert.Single(cluster.Changes("node-lost")).Node);
    }

    [Fact]
    public void A_new_coordinator_that_knows_the_members_does_not_wait_for_those_who_are_gone()
    {
        var cluster = Running(servers: 2, replicas: 1, epochs: 30);
        cluster.Vanish("n0");
        cluster.MoveCoordinator("n1", new HashSet<string> { "n1", "n2" });
        cluster.Step();
        Assert.Equal("n0", Assert.Single(cluster.Changes("node-lost")).Node);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Single(cluster.Changes("node-lost"));
    }

    [Fact]
    public void A_range_without_a_backup_is_lost_with_its_node_and_the_reason_says_what_would_help()
    {
        var cluster = Running(servers: 2, replicas: 0);
        cluster.Remove(cluster.Training.Stamped!.Primaries[1], politely: false);
        var result = cluster.ToEnd(boundSeconds: 5);
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains("range 1 of the parameters was lost with node n1", result.StopReason);
        Assert.Contains("--replicas 1", result.StopReason);
    }

    [Fact]
    public void A_node_that_dies_while_it_gets_ready_does_not_hold_the_others_up()
    {
        var cluster = Running();
        cluster.Loses = (_, name) => name == "PrepareAssignment to n3";
        cluster.Add("n3");
        cluster.Until(() => cluster.Commands.Exists(command => command is { Node: "n3", Message: PrepareAssignment }), "the next assignment");
        cluster.Remove("n3", politely: false);
        cluster.Add("n4");
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains("n4", cluster.Training.Stamped!.Nodes);
    }

    [Fact]
    public void Another_node_saves_the_model_if_the_saver_dies()
    {
        var cluster = Running(servers: 1, replicas: 1, coordinator: "n2");
        cluster.Loses = (_, name) => name == "model saved";
        cluster.Until(() => cluster.Commands.Exists(command => command.Message is SaveModel { Saver: "n2" }), "the order to save");
        cluster.Remove("n2", politely: false);
        cluster.Loses = (_, _) => false;
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains(cluster.Commands, command => command.Message is SaveModel { Saver: "n0" });
    }

    [Fact]
    public void A_node_that_was_lost_and_lives_starts_afresh_and_gets_shards_again()
    {
        var cluster = Running(epochs: 100);
        cluster.Node("n1").Unreachable = ["n2"];
        cluster.Until(() => cluster.Training.History.Count == 2, "the assignment without it");
        cluster.Node("n1").Unreachable = [];
        cluster.Until(() => cluster.Training.Stamped!.Nodes.Contains("n2"), "the node in an assignment again");
        Assert.Equal(1, cluster.Node("n2").StartedAfresh);
        Assert.Equal(["node-joined", "node-lost", "node-joined"], cluster.Events.OfType<ClusterChanged>().Where(change => change.Change.Node == "n2").Select(change => change.Change.Kind));
    }

    [Fact]
    public void A_report_from_before_the_new_start_does_not_count_against_it()
    {
        var cluster = Running(epochs: 100);
        cluster.Node("n1").Unreachable = ["n2"];
        cluster.Until(() => cluster.Training.Stamped!.Number == 3 && cluster.Training.Stamped.Nodes.Contains("n2"), "the node in an assignment again", boundSeconds: 15);
    }

    [Fact]
    public void One_that_is_left_out_has_no_say()
    {
        var cluster = Running(epochs: 100);
        cluster.Node("n1").Unreachable = ["n2"];
        cluster.Node("n2").Unreachable = ["n1"];
        cluster.For(3);
        Assert.Single(cluster.Changes("node-lost"));
    }

    [Fact]
    public void A_takeover_does_not_make_an_assignment_with_the_frozen_node_before_it_is_found_lost()
    {
        var cluster = Running(servers: 2);
        cluster.Node("n1").IsSilent = true; // primary of range 1; its backup has taken over and says so
        foreach (var other in (string[])["n0", "n2"])
            cluster.Node(other).Unreachable = ["n1"];
        cluster.For(2);
        Assert.Equal("n1", Assert.Single(cluster.Changes("node-lost")).Node);
        Assert.All(
            cluster.Commands.Select(command => command.Message).OfType<PrepareAssignment>().Where(prepare => prepare.Number > 1),
            prepare => Assert.DoesNotContain("n1", prepare.Shards));
    }

    [Theory]
    [InlineData("a>c b>c", "c")] // a dead node says nothing
    [InlineData("a>c b>c c>a c>b", "c")] // one that is cut off accuses everybody
    [InlineData("a>self b>self self>a self>b", "self")] // the coordinator's node too
    [InlineData("a>self", "a")]
    [InlineData("a>self self>a", "a")]
    [InlineData("a>b b>a", "a")] // one of two, always the same
    [InlineData("a>c b>d", "c d")]
    [InlineData("c>a c>self self>c", "c")] // a has not said yet what it cannot reach
    [InlineData("", "")]
    public void Of_nodes_that_cannot_reach_each_other_the_most_accused_are_lost(string accusations, string lost)
    {
        var all = accusations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('>')).Select(pair => new Accusation(pair[0], pair[1]));
        Assert.Equal(lost, string.Join(' ', Accusations.Guilty(all, "self")));
    }

    [Fact]
    public void A_slow_node_gets_fewer_shards_and_gets_them_back()
    {
        var watch = new SpeedWatch();
        var now = TimeSpan.Zero;
        Watch(true, 1.5);
        Assert.Equal(PlannedNode.FullWeight, watch.Weight);
        Watch(true, 1);
        Assert.Equal(PlannedNode.FullWeight / 4, watch.Weight);
        Watch(false, 4);
        Assert.Equal(PlannedNode.FullWeight / 4, watch.Weight);
        Watch(false, 2);
        Assert.Equal(PlannedNode.FullWeight, watch.Weight);
        Watch(true, 3);
        Watch(false, 6); // after a relapse it has to keep up for longer
        Assert.Equal(PlannedNode.FullWeight / 4, watch.Weight);
        Watch(false, 6);
        Assert.Equal(PlannedNode.FullWeight, watch.Weight);

        void Watch(bool isSlow, double seconds)
        {
            for (var end = now + TimeSpan.FromSeconds(seconds); now < end; now += TimeSpan.FromSeconds(0.2))
                watch.Observe(isSlow, now);
        }
    }

    private static PlayedCluster Running(int servers = 1, int replicas = 1, int epochs = 10, string coordinator = "n0")
    {
        var cluster = new PlayedCluster { Parameters = 10_000 };
        if (coordinator != "n0")
            cluster.MoveCoordinator(coordinator);
        cluster.Submit(SmallJobs.Submit(job => job with { Epochs = epochs }, servers: servers) with { Replicas = replicas });
        cluster.Until(() => cluster.Training.Version > 1, "a step");
        return cluster;
    }
}
