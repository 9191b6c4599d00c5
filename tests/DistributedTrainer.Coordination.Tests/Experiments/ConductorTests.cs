namespace DistributedTrainer.Coordination.Tests;

/// <summary>What is done to a cluster, and when.</summary>
public class ConductorTests
{
    private static readonly ClusterView Three = View(("node-1", true, true, true), ("node-2", true, true, false), ("node-3", true, false, false));

    [Fact]
    public void An_event_is_due_once_its_steps_are_committed()
    {
        var conductor = Of("at: 200 steps, kill: worker, restart: 2 s");
        Assert.Empty(conductor.Advance(Seconds(1), 199, Three));
        Assert.Equal([new KillNode("node-3")], conductor.Advance(Seconds(1.1), 201, Three));
        Assert.Empty(conductor.Advance(Seconds(2), 300, Three));
        var killed = Assert.Single(conductor.Injected);
        Assert.Equal(("kill", "node-3", 201L, Seconds(1.1)), (killed.Kind, killed.Node, killed.AtStep, killed.At));

        Assert.Equal([new StartNewNode("node-3")], conductor.Advance(Seconds(3.2), 400, Three));
        Assert.Equal(["kill", "restart"], conductor.Injected.Select(e => e.Kind));
    }

    [Fact]
    public void Epochs_and_seconds_are_moments_too()
    {
        var conductor = Of("at: 2 epochs, add: 2", "at: 20 s, remove: node-2");
        Assert.Empty(conductor.Advance(Seconds(10), 199, Three));
        Assert.Equal([new StartNewNode("node-4"), new StartNewNode("node-5")], conductor.Advance(Seconds(11), 200, Three));
        Assert.Equal([new RemoveNode("node-2")], conductor.Advance(Seconds(20), 300, Three));
    }

    [Fact]
    public void A_frozen_node_goes_on_when_its_time_is_over()
    {
        var conductor = Of("at: 10 steps, stop: node-3, for: 3 s");
        Assert.Equal([new FreezeNode("node-3", true)], conductor.Advance(Seconds(1), 10, Three));
        Assert.Empty(conductor.Advance(Seconds(3.9), 11, Three));
        Assert.Equal([new FreezeNode("node-3", false)], conductor.Advance(Seconds(4.0), 11, Three));
    }

    [Fact]
    public void Kinds_of_victims_are_who_has_that_part()
    {
        Assert.Equal([new KillNode("node-1")], Of("at: 1 steps, kill: coordinator").Advance(default, 1, Three));
        var server = Assert.IsType<KillNode>(Assert.Single(Of("at: 1 steps, kill: server").Advance(default, 1, Three)));
        Assert.Contains(server.Node, (string[])["node-1", "node-2"]);
        var down = View(("node-1", true, true, true), ("node-2", true, true, false), ("node-3", false, false, false));
        var conductor = Of("at: 1 steps, kill: worker", "at: 1 steps, kill: node-3");
        Assert.Empty(conductor.Advance(default, 1, down));
        Assert.Equal(["no node that is up hosts neither a range nor the coordinator", "node-3 is not up"], conductor.Injected.Select(e => e.Missed));
    }

    [Fact]
    public void Victims_are_drawn_by_the_seed_and_the_run()
    {
        string[] Drawn(ulong seed) => [.. Enumerable.Range(1, 20).Select(repeat => ((KillNode)new Conductor(
            ScenarioText.With("at: 1 steps, kill: any") with { Seed = seed }, repeat, 100).Advance(default, 1, Three)[0]).Node)];
        Assert.Equal(Drawn(1), Drawn(1));
        Assert.NotEqual(Drawn(1), Drawn(2));
        Assert.Equal(3, Drawn(1).Distinct().Count());
    }

    [Fact]
    public void A_partition_tells_every_node_whom_it_does_not_reach_and_heals()
    {
        var conductor = Of("at: 1 steps, partition: [[node-1, node-2], [node-3]], for: 5 s");
        var parted = conductor.Advance(default, 1, Three).Cast<SetNodeFaults>().ToDictionary(set => set.Node, set => string.Join(',', set.Faults.Cut));
        Assert.Equal(new Dictionary<string, string> { ["node-1"] = "node-3", ["node-2"] = "node-3", ["node-3"] = "node-1,node-2" }, parted);
        Assert.Equal(["node-1", "node-2", "node-3"], conductor.Advance(Seconds(5), 1, Three).Cast<SetNodeFaults>().Where(set => set.Faults == NodeFaults.None).Select(set => set.Node));
        Assert.Equal("node-1 node-2 | node-3", conductor.Injected[0].Node);
    }

    [Fact]
    public void Delays_and_slowness_add_up_and_end_one_by_one()
    {
        var conductor = Of(
            "at: 1 steps, delay: [node-1, node-3], by: 20 ms, for: 5 s", "at: 1 steps, delay: [node-1, node-2, node-3], by: 5 ms, for: 9 s",
            "at: 1 steps, slow: node-3, factor: 4, for: 2 s");
        Assert.Equal((25.0, 5.0, 4.0), Last(conductor.Advance(default, 1, Three)));
        Assert.Equal((25.0, 5.0, 1.0), Last(conductor.Advance(Seconds(2), 1, Three)));
        Assert.Equal((5.0, 5.0, 1.0), Last(conductor.Advance(Seconds(5), 1, Three)));

        static (double ToFirst, double ToSecond, double Slowdown) Last(IReadOnlyList<ConductorAction> actions)
        {
            var faults = actions.OfType<SetNodeFaults>().Last(set => set.Node == "node-3").Faults;
            return (faults.Delays["node-1"].TotalMilliseconds, faults.Delays["node-2"].TotalMilliseconds, faults.Slowdown);
        }
    }

    [Fact]
    public void A_restarted_node_gets_the_faults_that_still_last()
    {
        var conductor = Of("at: 1 steps, partition: [[node-1, node-2], [node-3]]", "at: 2 steps, kill: node-3, restart: 1 s");
        conductor.Advance(default, 1, Three);
        conductor.Advance(default, 2, Three);
        var again = conductor.Advance(Seconds(1), 3, Three);
        Assert.Equal(new StartNewNode("node-3"), again[0]);
        Assert.Contains(again.OfType<SetNodeFaults>(), set => set.Node == "node-3" && set.Faults.Cut.Count == 2);
    }

    [Fact]
    public void All_nodes_are_killed_and_the_job_is_resumed()
    {
        var conductor = Of("at: 1 steps, kill: node-2, restart: 3 s", "at: 2 steps, kill: all, resume: 2 s", "at: 3 steps, kill: node-2");
        conductor.Advance(default, 1, Three);
        Assert.False(conductor.AwaitsResume);
        Assert.Equal([new KillNode("node-1"), new KillNode("node-3")], conductor.Advance(Seconds(1), 2, new ClusterView([.. Three.Nodes.Where(node => node.Name != "node-2")])));
        Assert.True(conductor.AwaitsResume);
        Assert.Equal([new ResumeJob()], conductor.Advance(Seconds(3), 2, new ClusterView([])));
        Assert.False(conductor.AwaitsResume);
        Assert.Equal([new KillNode("node-2")], conductor.Advance(Seconds(4), 3, Three)); // it came back with the others, not by itself
        Assert.Equal(["kill", "kill", "resume", "kill"], conductor.Injected.Select(injected => injected.Kind));
    }

    [Fact]
    public void Random_faults_come_at_the_mean_rate_and_not_too_late()
    {
        var random = new RandomFaults(Seconds(5), [RandomFault.Kill, RandomFault.Stop], Seconds(2), TimeSpan.FromHours(3));
        var drawn = RandomSchedule.Draw(random, 1, 1);
        Assert.InRange(drawn.Count, 2160 - 150, 2160 + 150); // three standard deviations of a Poisson count
        Assert.InRange(drawn.Count(e => e is KillEvent) / (double)drawn.Count, 0.45, 0.55);
        Assert.All(drawn, e => Assert.True(e.At.Time <= random.Until));
        Assert.Equal(drawn, RandomSchedule.Draw(random, 1, 1));
        Assert.NotEqual(drawn, RandomSchedule.Draw(random, 1, 2));
    }

    [Fact]
    public void Random_faults_keep_a_majority()
    {
        var scenario = ScenarioText.Parse("job: x.yaml\nrandom: { mean-time-between: 10 ms, do: [kill], restart: 1 h, until: 1 s }");
        var conductor = new Conductor(scenario, 1, 100);
        var killed = Enumerable.Range(1, 1000).SelectMany(ms => conductor.Advance(TimeSpan.FromMilliseconds(ms), ms, Three)).OfType<KillNode>();
        Assert.Single(killed);
        Assert.True(conductor.Injected.Count(e => e.Missed is not null) > 20);
    }

    [Fact]
    public void Planned_events_whose_time_never_came_are_missed()
    {
        var conductor = Of("at: 20 s, add: 1");
        conductor.Finish(Seconds(3), 90, "completed");
        Assert.Equal("the run ended before 20 s: completed", Assert.Single(conductor.Injected).Missed);
    }

    private static Conductor Of(params string[] events) => new(ScenarioText.With(events), 1, 100);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static ClusterView View(params (string Name, bool IsUp, bool HostsRange, bool HostsCoordinator)[] nodes) =>
        new([.. nodes.Select(node => new ViewedNode(node.Name, node.IsUp, node.HostsRange, node.HostsCoordinator))]);
}
