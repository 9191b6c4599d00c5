namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// Each ready job on three nodes with vectors of three widths, one of which is killed half-way. How many steps that takes nobody knows
/// beforehand: the job has no end, is stopped, and its weights must be those of an undisturbed run that was to stop at that step. A step
/// does not wait for a node that is late, so what each node computes is waited for before anything happens to it.
/// </summary>
public sealed class ReadyJobTests(MixedCluster mixed) : IClassFixture<MixedCluster>
{
    public static TheoryData<string> CarriedData => [.. Jobs.Where(job => DataFolder(job) is null)];

    public static TheoryData<string> Mnist => [.. Jobs.Where(job => DataFolder(job) == "mnist")];

    public static TheoryData<string> Shakespeare => [.. Jobs.Where(job => DataFolder(job) == "tinyshakespeare")];

    private static IEnumerable<string> Jobs => Directory.GetFiles(Repository.Job(""), "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    [ClusterTheory, MemberData(nameof(CarriedData))]
    public Task Widths_and_a_killed_node_change_no_bit(string job) => Check(job);

    [ClusterTheory("mnist"), MemberData(nameof(Mnist))]
    public Task Nor_of_a_job_on_mnist(string job) => Check(job);

    [ClusterTheory("tinyshakespeare"), MemberData(nameof(Shakespeare))]
    public Task Nor_of_a_language_model(string job) => Check(job);

    private async Task Check(string job)
    {
        var nodes = await mixed.Take();
        Dtrain[] steady = [nodes.Nodes[0], nodes.Nodes[1]];
        // Submitted first, so that the client asks nodes that stay.
        await using var submit = nodes.Submit(Repository.Job(job), $"{job}-disturbed", Shortened(job));
        var victim = await nodes.Join(MixedCluster.Middle);
        var working = await nodes.Status(
            status => status.Job is not null && steady.Append(victim).All(node => status.ShardStepsOf(node.Id) > 0), "work of all three nodes");

        victim.Signal(Dtrain.Kill);
        await submit.Says($"node-lost {HandMadeCluster.AddressOf(victim)}");
        await submit.Says("shards-moved");
        // It stops at the version after the one that stands now: so at least one step is made without the victim.
        await nodes.Cancel(working.Job!.Value.Id);
        Assert.True(await submit.Exit() == 0, submit.Transcript());

        var disturbed = mixed.Workplace.Report($"{job}-disturbed");
        Assert.True(disturbed.State == "stopped" && disturbed.Steps > working.Job.Value.Step, submit.Transcript());
        Assert.Equal(steady.Select(HandMadeCluster.AddressOf).Order(), disturbed.ShardSteps.Keys.Order());
        var undisturbed = await Alone(job, disturbed.Steps);
        Assert.Equal((undisturbed.Steps, undisturbed.Hash), (disturbed.Steps, disturbed.Hash));
        mixed.GiveBack();
    }

    private async Task<RunReport> Alone(string job, long steps)
    {
        await using var train = Dtrain.Start(
            mixed.Workplace, MixedCluster.Wide,
            ["train", Repository.Job(job), "--report", $"{job}-alone", .. Shortened(job), "--set", $"stop.steps={steps} steps"]);
        Assert.True(await train.Exit() == 0, train.Transcript());
        return mixed.Workplace.Report($"{job}-alone");
    }

    /// <summary>Without an end; and where scoring would take longer than the steps, with fewer rows to score.</summary>
    private static string[] Shortened(string job) =>
        ["--set", "epochs=1000000", "--set", "stop=null", .. (string[])(DataFolder(job) == "tinyshakespeare" ? ["--set", "data.validation=0.002"] : [])];

    /// <summary>The folder of $DTRAIN_DATA that a job reads; null for those whose data the repository carries.</summary>
    private static string? DataFolder(string job) =>
        job.StartsWith("mnist-", StringComparison.Ordinal) ? "mnist"
        : job.StartsWith("shakespeare-", StringComparison.Ordinal) ? "tinyshakespeare"
        : null;
}
