namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// Nodes come and go while an endless job runs; then it is stopped, and its weights must be those of a run that was to stop at that
/// step. So nothing depends on how fast anything is.
/// </summary>
public class MembershipTests
{
    [ClusterFact]
    public async Task A_node_joins_and_others_leave_half_way()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var cluster = await HandMadeCluster.Start(workplace, null, null);
        await using var submit = cluster.Submit(job, "disturbed");
        var (id, step) = await cluster.RunningJob(step: 10);

        var late = await cluster.Add();
        await cluster.Status(status => status.ShardsOf(late.Id) > 0 && status.Job?.Step > step, "shards for the new node");

        // The second node, then the first: the seed, the coordinator's and the leading server's.
        foreach (var leaving in (Dtrain[])[cluster.Nodes[1], cluster.Nodes[0]])
        {
            leaving.Signal(Dtrain.Terminate);
            Assert.True(await leaving.Exit() == 0, leaving.Transcript());
            var before = await cluster.Status(status => !status.Pids.Contains(leaving.Id) && status.Job is not null, "the cluster without it");
            await cluster.RunningJob(before.Job!.Value.Step + 1);
        }

        await cluster.Cancel(id);
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        var report = workplace.Report("disturbed");
        Assert.Equal("stopped", report.State);
        Assert.Contains(report.Events, change => change.Kind == "node-joined" && change.Node == HandMadeCluster.AddressOf(late));
        Assert.Equal(2, report.Events.Count(change => change.Kind == "node-left"));
        Assert.DoesNotContain(report.Events, change => change.Kind == "node-lost");
        var undisturbed = await HashTests.Train(workplace, ShortenedTo(workplace, report.Steps), "undisturbed", 1);
        Assert.Equal(undisturbed.Hash, report.Hash);
    }

    [ClusterTheory, InlineData(0), InlineData(1), InlineData(2)]
    public async Task A_launchers_node_leaves_on_its_own_signal(int leaving)
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", "3", "--report", "disturbed");
        await train.Says(ShortJobs.LaterEpoch);
        var child = workplace.Processes().Where(process => process.Value.Contains("--managed", StringComparison.Ordinal)).OrderBy(process => process.Key).ElementAt(leaving).Key;
        Dtrain.Signal(child, Dtrain.Terminate);
        await train.Says("node-left");
        await Workplace.Until(() => Task.FromResult(workplace.Processes()), left => !left.ContainsKey(child), "the end of the node");
        train.Signal(Dtrain.Interrupt);
        Assert.Equal(130, await train.Exit());
        await workplace.NothingIsLeft();
        var report = workplace.Report("disturbed");
        Assert.Equal("stopped", report.State);
        var undisturbed = await HashTests.Train(workplace, ShortenedTo(workplace, report.Steps), "undisturbed", 1);
        Assert.Equal(undisturbed.Hash, report.Hash);
    }

    /// <summary>The endless job, to stop at a step.</summary>
    internal static string ShortenedTo(Workplace workplace, long steps) =>
        workplace.Write("shortened.yaml", $"{ShortJobs.Endless}\nstop: {{ steps: {steps} steps }}\n");
}
