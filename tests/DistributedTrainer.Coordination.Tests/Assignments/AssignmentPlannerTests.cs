using CsCheck;

namespace DistributedTrainer.Coordination.Tests;

public class AssignmentPlannerTests
{
    private static readonly Gen<(PlannedNode[] Nodes, int Shards, int Ranges)> Clusters =
        from count in Gen.Int[1, 12]
        from roles in Gen.Int[1, 3].Array[count]
        from shards in Gen.Int[1, 20]
        from ranges in Gen.Int[1, 6]
        select (roles.Select((role, index) => new PlannedNode($"n{index}", (role & 1) != 0, (role & 2) != 0)).ToArray(), shards, ranges);

    [Fact]
    public void Each_shard_has_one_worker_and_each_range_one_server() => Clusters.Sample(cluster =>
    {
        var (assignment, reason) = AssignmentPlanner.Plan(cluster.Nodes, cluster.Shards, cluster.Ranges, term: 3, previous: null);
        var workers = cluster.Nodes.Where(node => node.IsWorker).Select(node => node.Address).ToList();
        var servers = cluster.Nodes.Where(node => node.IsServer).Select(node => node.Address).ToList();
        Assert.Equal(workers.Count > 0 && servers.Count > 0, assignment is not null);
        if (assignment is null)
        {
            Assert.Contains(workers.Count == 0 ? "worker" : "server", reason);
            return;
        }

        Assert.Equal((3, 1), (assignment.Term, assignment.Number));
        Assert.Equal(cluster.Shards, assignment.Shards.Count);
        Assert.Empty(assignment.Shards.Except(workers));
        Assert.Equal(cluster.Ranges, assignment.Primaries.Count);
        Assert.Empty(assignment.Primaries.Except(servers));
    });

    [Fact]
    public void Every_worker_gets_one_even_run_while_there_are_shards_enough() => Clusters.Sample(cluster =>
    {
        if (AssignmentPlanner.Plan(cluster.Nodes, cluster.Shards, cluster.Ranges, 1, null).Assignment is not { } assignment)
            return;
        var workers = cluster.Nodes.Where(node => node.IsWorker).Select(node => node.Address).ToList();
        var runs = workers.Select(assignment.ShardsOf).Select(run => run.End - run.First).ToList();
        // ShardsOf sees a worker's first run only: that the lengths add up says that there is no second one.
        Assert.Equal(cluster.Shards, runs.Sum());
        Assert.Equal(Math.Min(workers.Count, cluster.Shards), runs.Count(length => length > 0));
        Assert.InRange(runs.Where(length => length > 0).Max() - runs.Where(length => length > 0).Min(), 0, 1);
    });

    [Fact]
    public void Ranges_spread_evenly_at_first() => Clusters.Sample(cluster =>
    {
        if (AssignmentPlanner.Plan(cluster.Nodes, cluster.Shards, cluster.Ranges, 1, null).Assignment is not { } assignment)
            return;
        var loads = cluster.Nodes.Where(node => node.IsServer).Select(node => assignment.RangesOf(node.Address).Count()).ToList();
        Assert.InRange(loads.Max() - loads.Min(), 0, 1);
    });

    [Fact]
    public void Ranges_stay_where_they_are_while_their_node_serves() =>
        Gen.Select(Clusters, Clusters).Sample((before, after) =>
        {
            if (AssignmentPlanner.Plan(before.Nodes, before.Shards, before.Ranges, 1, null).Assignment is not { } first)
                return;
            var (second, _) = AssignmentPlanner.Plan(after.Nodes, before.Shards, before.Ranges, 2, first);
            if (second is null)
                return;
            Assert.Equal(2, second.Number);
            for (var range = 0; range < before.Ranges; range++)
            {
                if (after.Nodes.Any(node => node.IsServer && node.Address == first.Primaries[range]))
                    Assert.Equal(first.Primaries[range], second.Primaries[range]);
            }
        });

    [Fact]
    public void A_range_whose_node_is_gone_moves_to_the_server_with_fewest()
    {
        var before = new Assignment(1, 4, ["a", "a"], ["a", "b", "b"]);
        PlannedNode[] nodes = [new("b", true, true), new("c", true, true), new("d", true, false)];
        var (after, _) = AssignmentPlanner.Plan(nodes, 2, 3, 7, before);
        Assert.NotNull(after);
        Assert.Equal((7, 5), (after.Term, after.Number));
        Assert.Equal(["c", "b", "b"], after.Primaries);
        Assert.Equal(["b", "c"], after.Shards);
    }

    [Fact]
    public void More_nodes_than_shards_leaves_the_last_to_join_without()
    {
        var nodes = Enumerable.Range(0, 5).Select(index => new PlannedNode($"n{index}", true, true)).ToList();
        var (assignment, reason) = AssignmentPlanner.Plan(nodes, 3, 2, 1, null);
        Assert.Equal(["n0", "n1", "n2"], assignment!.Shards);
        Assert.Equal(["n0", "n1"], assignment.Primaries);
        Assert.Equal((0, 0), Length(assignment, "n4"));
        Assert.Equal("3 shards on 3 of 5 workers, 2 ranges on 2 of 5 servers", reason);

        static (int, int) Length(Assignment assignment, string node) => (assignment.ShardsOf(node).End - assignment.ShardsOf(node).First, assignment.RangesOf(node).Count());
    }

    [Fact]
    public void Two_nodes_keep_each_others_ranges_only_where_no_third_could()
    {
        // Found by simulated stories: two such nodes lost each other, each took over from the other, and neither had everything.
        PlannedNode[] nodes = [new("n0", true, true), new("n1", true, true), new("n2", true, true)];
        var (three, _) = AssignmentPlanner.Plan(nodes, 3, 3, 1, null, replicas: 1);
        Assert.Equal(["n0", "n1", "n2"], three!.Primaries);
        Assert.Equal(["n1", "n2", "n0"], three.Backups);
        var (two, _) = AssignmentPlanner.Plan(nodes[..2], 3, 2, 1, null, replicas: 1);
        Assert.Equal(["n1", "n0"], two!.Backups);
        var (joined, _) = AssignmentPlanner.Plan(nodes, 3, 2, 1, two, replicas: 1);
        Assert.Equal(["n1", "n0"], joined!.Backups); // a backup stays where it is
    }

    [Fact]
    public void Fewer_nodes_than_ranges_gives_one_node_several()
    {
        var (assignment, _) = AssignmentPlanner.Plan([new("n0", true, true)], 8, 3, 1, null);
        Assert.Equal([0, 1, 2], assignment!.RangesOf("n0"));
        Assert.Equal((0, 8), assignment.ShardsOf("n0"));
        Assert.Equal("n0", assignment.Leader);
        Assert.Equal(["n0"], assignment.Nodes);
    }

    [Fact]
    public void A_primary_that_never_heard_of_the_first_assignment_has_no_state()
    {
        // Found by a simulated story: the order to get ready was lost, and another node died before the first step.
        var first = new Assignment(1, 1, ["n0", "n1"], ["n0"]);
        var second = new Assignment(1, 2, ["n0", "n0"], ["n0"]);
        PlannedNode[] nodes = [new("n0", true, true)];
        Assert.Empty(AssignmentPlanner.LostRanges(nodes, [], first, inForce: null));
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [], second, inForce: null));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0] with { Serves = [0] }], [], second, inForce: null));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0] with { Prepared = 2 }], [], second, second));
    }

    [Fact]
    public void A_primary_that_was_lost_before_the_first_step_does_not_begin_the_range_once_it_is_back()
    {
        // Found by simulated stories: those who had got ready with it went on to miss it, and had taken the range over or never asked it again.
        var first = new Assignment(1, 1, ["n0", "n1"], ["n0"]);
        PlannedNode[] nodes = [new("n0", true, true) { WasLost = true }, new("n1", true, true) { Prepared = 1 }];
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [], first, inForce: null));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0] with { WasLost = false }, nodes[1]], [], first, inForce: null));
    }

    [Fact]
    public void Another_process_at_the_primarys_address_has_no_state()
    {
        // Found by a simulated story: the only server was killed, and its supervisor had started it again before the next coordinator came.
        var inForce = new Assignment(1, 1, ["n0", "n1"], ["n1"]);
        PlannedNode[] nodes = [new("n0", true, true) { Prepared = 1 }, new("n1", true, true) { Prepared = 0 }];
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [], inForce, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0], nodes[1] with { Prepared = 1 }], [], inForce, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0] with { Keeps = [0] }, nodes[1]], [], inForce, inForce));
    }

    [Fact]
    public void A_process_that_is_ready_for_a_later_assignment_only_has_no_state()
    {
        // Found by simulated stories: a backup took the range over and was lost, and the old primary, started afresh, got ready for what came next.
        var inForce = new Assignment(1, 1, ["n0", "n1"], ["n1"]);
        var pending = new Assignment(1, 3, ["n0", "n0"], ["n0"]);
        PlannedNode[] nodes = [new("n0", true, true) { Prepared = 3, Since = 1 }, new("n1", true, true) { Prepared = 3, Since = 3 }];
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [], pending, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0], nodes[1] with { Since = 1 }], [], pending, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0] with { Serves = [0] }, nodes[1]], [], pending, inForce));
    }

    [Fact]
    public void A_range_is_not_lost_while_a_node_that_is_about_to_leave_keeps_its_backup_or_took_it_over()
    {
        var inForce = new Assignment(1, 1, ["n0", "n1"], ["n1"]) { Backups = ["n2"] };
        var pending = new Assignment(1, 2, ["n0", "n1"], ["n1"]) { Backups = ["n0"] };
        PlannedNode[] nodes = [new("n0", true, true) { Prepared = 2 }];
        var leaving = new PlannedNode("n2", true, true) { Prepared = 2 };
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [leaving], pending, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges(nodes, [leaving with { Keeps = [0] }], pending, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges(nodes, [leaving with { Serves = [0] }], pending, inForce));
        // Once the assignment without it is in force, nobody asks it any more.
        Assert.Equal([0], AssignmentPlanner.LostRanges(nodes, [leaving with { Serves = [0] }], pending, pending));
    }

    [Fact]
    public void A_primary_that_others_have_replaced_has_no_state()
    {
        // Found by a simulated story: a backup took over as one link broke, and was lost; the old primary, whom it had replaced, lived.
        var inForce = new Assignment(1, 1, ["n0", "n1"], ["n1"]);
        PlannedNode[] nodes = [new("n0", true, true) { Prepared = 1 }, new("n1", true, true) { Prepared = 1 }];
        Assert.Empty(AssignmentPlanner.LostRanges(nodes, [], inForce, inForce));
        Assert.Equal([0], AssignmentPlanner.LostRanges([nodes[0], nodes[1] with { GivenUp = [0] }], [], inForce, inForce));
        Assert.Empty(AssignmentPlanner.LostRanges([nodes[0]], [nodes[1]], inForce, inForce));
        Assert.Equal([0], AssignmentPlanner.LostRanges([nodes[0]], [nodes[1] with { GivenUp = [0] }], inForce, inForce));
    }
}
