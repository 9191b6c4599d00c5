namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// Processes are killed and frozen while an endless job runs; then it is stopped, and its weights must be those of an undisturbed run
/// that was to stop at that step.
/// </summary>
public class RecoveryTests
{
    /// <summary>The launcher's first node hosts the coordinator and leads; the second has range 1, the third shards alone.</summary>
    [ClusterTheory]
    [InlineData(3, 0, Dtrain.Kill)]
    [InlineData(3, 1, Dtrain.Kill)]
    [InlineData(3, 2, Dtrain.Kill)]
    [InlineData(2, 0, Dtrain.Kill)]
    [InlineData(2, 1, Dtrain.Kill)]
    [InlineData(3, 1, Dtrain.Stop)]
    [InlineData(3, 2, Dtrain.Stop)]
    public async Task A_node_that_dies_or_freezes_changes_no_bit(int nodes, int victim, int signal)
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", $"{nodes}", "--report", "disturbed");
        await train.Says(ShortJobs.LaterEpoch);
        var child = workplace.Processes().Where(process => process.Value.Contains("--managed", StringComparison.Ordinal)).OrderBy(process => process.Key).ElementAt(victim).Key;
        Dtrain.Signal(child, signal);
        await train.Says(victim == 0 ? "coordinator-moved" : "node-lost");
        await train.Says("shards-moved");
        train.Signal(Dtrain.Interrupt);
        Assert.True(await train.Exit() == 130, train.Transcript());
        await workplace.NothingIsLeft();
        var report = workplace.Report("disturbed");
        Assert.True(report.State == "stopped", train.Transcript());
        var undisturbed = await HashTests.Train(workplace, MembershipTests.ShortenedTo(workplace, report.Steps), "undisturbed", 1);
        Assert.Equal(undisturbed.Hash, report.Hash);
        Assert.Equal(undisturbed.Steps, report.Steps);
    }

    [ClusterFact]
    public async Task A_frozen_node_that_wakes_up_comes_back_afresh()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", "3", "--report", "disturbed");
        await train.Says(ShortJobs.LaterEpoch);
        var child = workplace.Processes().Where(process => process.Value.Contains("--managed", StringComparison.Ordinal)).OrderBy(process => process.Key).ElementAt(1).Key;
        Dtrain.Signal(child, Dtrain.Stop);
        await train.Says("node-lost");
        await train.Says("shards-moved");
        Dtrain.Signal(child, Dtrain.Continue);
        await train.Says("node-joined");
        train.Signal(Dtrain.Interrupt);
        Assert.True(await train.Exit() == 130, train.Transcript());
        await workplace.NothingIsLeft();
        var report = workplace.Report("disturbed");
        var undisturbed = await HashTests.Train(workplace, MembershipTests.ShortenedTo(workplace, report.Steps), "undisturbed", 1);
        Assert.Equal(undisturbed.Hash, report.Hash);
    }
}
