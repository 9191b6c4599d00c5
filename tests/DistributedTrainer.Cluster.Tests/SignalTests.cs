namespace DistributedTrainer.Cluster.Tests;

/// <summary>Ctrl-C, a killed launcher, a killed node: nothing is left, nothing hangs.</summary>
public class SignalTests
{
    [ClusterTheory, InlineData(1, Dtrain.Interrupt), InlineData(3, Dtrain.Interrupt), InlineData(2, Dtrain.Terminate)]
    public async Task A_signal_stops_the_run_with_a_report(int nodes, int signal)
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", $"{nodes}", "--report", "stopped");
        await train.Says(ShortJobs.LaterEpoch);
        train.Signal(signal);
        Assert.Equal(130, await train.Exit());
        await workplace.NothingIsLeft();
        var report = workplace.Report("stopped");
        Assert.Equal(("stopped", "interrupted"), (report.State, report.StopReason));
        var planned = await HashTests.Train(workplace, MembershipTests.ShortenedTo(workplace, report.Steps), "planned", 1);
        Assert.Equal((planned.Hash, planned.Steps), (report.Hash, report.Steps));
    }

    [ClusterFact]
    public async Task A_signal_before_the_first_step_ends_it_too()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", "3");
        await Workplace.Until(() => Task.FromResult(workplace.Processes().Count), count => count >= 2, "a child of the launcher");
        train.Signal(Dtrain.Interrupt);
        Assert.Equal(130, await train.Exit());
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task A_killed_launcher_leaves_no_process()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", "3", "--report", "killed");
        await train.Says(ShortJobs.LaterEpoch);
        Assert.Equal(4, workplace.Processes().Count);
        train.Signal(Dtrain.Kill);
        await workplace.NothingIsLeft(TimeSpan.FromSeconds(10));
    }

    [ClusterFact]
    public async Task A_node_by_hand_leaves_when_told_to()
    {
        using var workplace = new Workplace();
        await using var cluster = await HandMadeCluster.Start(workplace, null, null);
        foreach (var node in cluster.Nodes.Reverse())
        {
            node.Signal(Dtrain.Terminate);
            Assert.True(await node.Exit() == 0, node.Transcript());
        }

        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task All_nodes_may_be_told_to_leave_at_once()
    {
        using var workplace = new Workplace();
        await using var cluster = await HandMadeCluster.Start(workplace, null, null, null);
        foreach (var node in cluster.Nodes)
            node.Signal(Dtrain.Terminate);
        foreach (var node in cluster.Nodes)
            Assert.True(await node.Exit() == 0, node.Transcript());
        await workplace.NothingIsLeft();
    }
}
