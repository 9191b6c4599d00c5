using System.Globalization;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>All nodes die, and the run goes on from its last checkpoint to the same weights.</summary>
public class ResumeTests
{
    private const string EverySteps = "checkpoint={ every: 200 steps }";
    private const int Interval = 200;

    /// <summary>9,000 steps.</summary>
    private static string Long => ShortJobs.Digits.Replace("epochs: 2", "epochs: 200", StringComparison.Ordinal);

    [ClusterTheory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 2, 2)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(3, 2, 2, 3)]
    [InlineData(2, 3, 3, 2)]
    public async Task Killed_everywhere_and_resumed_on_another_cluster(int nodes, int servers, int nodesThen, int serversThen)
    {
        using var workplace = new Workplace();
        var job = workplace.Write("long.yaml", Long);
        var undisturbed = await HashTests.Train(workplace, job, "undisturbed", 1);
        await KillAt(workplace, job, "killed", 400, nodes, servers);
        var newest = Versions(workplace, "killed")[^1];
        var known = LastStepOfHistory(workplace, "killed");
        var resumed = await HashTests.Train(workplace, job, "killed", nodesThen, "--servers", $"{serversThen}", "--resume", "--set", EverySteps);
        Assert.Equal((undisturbed.Hash, undisturbed.Steps, newest), (resumed.Hash, resumed.Steps, resumed.ResumedFrom));
        Assert.Equal(undisturbed.History, resumed.History);
        Assert.Equal(Math.Max(0, known - newest), resumed.StepsRepeated);
        var told = Assert.Single(resumed.Events, change => change.Kind == "resumed");
        Assert.Equal($"from {CheckpointFolder(workplace, "killed", newest)}", told.Detail);
    }

    [ClusterFact]
    public async Task Resumed_twice()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("long.yaml", Long);
        var undisturbed = await HashTests.Train(workplace, job, "undisturbed", 1);
        await KillAt(workplace, job, "killed", 400, 3, 2);
        await KillAt(workplace, job, "killed", 1600, 2, 1);
        var resumed = await HashTests.Train(workplace, job, "killed", 1, "--resume", "--set", EverySteps);
        Assert.Equal(undisturbed.Hash, resumed.Hash);
        Assert.Equal(undisturbed.History, resumed.History);
        Assert.True(resumed.ResumedFrom >= 1600);
    }

    [ClusterFact]
    public async Task A_finished_run_is_resumed_to_the_same_and_with_more_epochs_to_more()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var first = await HashTests.Train(workplace, job, "run", 2);
        var again = await HashTests.Train(workplace, job, "run", 1, "--resume");
        Assert.Equal((first.Hash, first.Steps, first.Steps), (again.Hash, again.Steps, again.ResumedFrom));
        var more = await HashTests.Train(workplace, job, "run", 1, "--resume", "--set", "epochs=4");
        var anew = await HashTests.Train(workplace, job, "anew", 1, "--set", "epochs=4");
        Assert.Equal((anew.Hash, anew.Steps), (more.Hash, more.Steps));
        Assert.Equal(anew.History, more.History);
    }

    [ClusterFact]
    public async Task An_interrupted_run_ends_after_a_checkpoint()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var train = Dtrain.Start(workplace, null, "train", job, "--nodes", "2", "--report", "run");
        await train.Says(ShortJobs.LaterEpoch);
        train.Signal(Dtrain.Interrupt);
        Assert.Equal(130, await train.Exit());
        var stopped = workplace.Report("run");
        Assert.Equal(stopped.Steps, Versions(workplace, "run")[^1]);
        var steps = (stopped.Steps + 30).ToString(CultureInfo.InvariantCulture);
        var resumed = await HashTests.Train(workplace, job, "run", 1, "--resume", "--set", $"stop.steps={steps} steps");
        Assert.Equal(stopped.Steps, resumed.ResumedFrom);
        Assert.Equal((await HashTests.Train(workplace, job, "planned", 1, "--set", $"stop.steps={steps} steps")).Hash, resumed.Hash);
    }

    [ClusterFact]
    public async Task Another_recipe_is_refused_and_nothing_is_touched()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        await HashTests.Train(workplace, job, "run", 1);
        var before = Content(workplace, "run");
        await using var train = await Dtrain.Run(workplace, "train", job, "--report", "run", "--resume", "--nodes", "2", "--set", "batch-size=16");
        Assert.Equal(2, await train.Exit());
        Assert.Contains("is of another recipe: batch-size was 32 and is 16", train.Errors);
        Assert.Equal(before, Content(workplace, "run"));
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task Resuming_where_nothing_is_begins_anew()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        Directory.CreateDirectory(workplace.FullName("empty"));
        var resumed = await HashTests.Train(workplace, job, "empty", 2, "--resume");
        Assert.Null(resumed.ResumedFrom);
        Assert.Equal((await HashTests.Train(workplace, job, "plain", 1)).Hash, resumed.Hash);
    }

    [ClusterFact]
    public async Task A_folder_of_something_else_is_refused()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        Directory.CreateDirectory(workplace.FullName("thesis"));
        File.WriteAllText(workplace.FullName("thesis", "thesis.txt"), "");
        await using var train = await Dtrain.Run(workplace, "train", job, "--report", "thesis", "--resume");
        Assert.Equal(2, await train.Exit());
        Assert.Contains("holds no run: job.yaml is missing", train.Errors);
    }

    [ClusterFact]
    public async Task A_checkpoint_path_that_cannot_be_is_said_before_training()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var path = workplace.FullName("short.yaml", "checkpoints");
        await using var train = await Dtrain.Run(workplace, "train", job, "--nodes", "2", "--report", "run", "--set", $"checkpoint.path={path}");
        Assert.Equal(2, await train.Exit());
        Assert.Contains($"cannot write checkpoints to {path}", train.Errors);
        Assert.False(Directory.Exists(workplace.FullName("run")));
    }

    [ClusterFact]
    public async Task A_submitted_job_is_resumed_on_another_cluster()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("long.yaml", Long + $"\ncheckpoint: {{ every: {Interval} steps, path: saved }}\n");
        var undisturbed = await HashTests.Train(workplace, job, "undisturbed", 1, "--set", "checkpoint={ every: never }");
        await using (var cluster = await HandMadeCluster.Start(workplace, null, null))
        {
            await using var submit = cluster.Submit(job, "first");
            await Workplace.Until(() => Task.FromResult(Versions(workplace, "saved", "")), versions => versions.LastOrDefault() >= 200, "a checkpoint");
            foreach (var node in cluster.Nodes)
                node.Signal(Dtrain.Kill);
        }

        await using var other = await HandMadeCluster.Start(workplace, null, null, null);
        await using var again = Dtrain.Start(workplace, null, "submit", job, "--seeds", other.Seed, "--resume", "--report", "second");
        Assert.True(await again.Exit() == 0, again.Transcript());
        var resumed = workplace.Report("second");
        Assert.Equal(undisturbed.Hash, resumed.Hash);
        Assert.True(resumed.ResumedFrom >= 200);
    }

    /// <summary>How far a killed run is known to have come; its last line may be torn.</summary>
    private static long LastStepOfHistory(Workplace workplace, string report) => File.ReadLines(workplace.FullName(report, "history.csv"))
        .Select(line => line.Split(','))
        .Max(cells => cells.Length > 1 && long.TryParse(cells[1], CultureInfo.InvariantCulture, out var step) ? step : 0);

    /// <summary>Runs until a checkpoint at or after a step is there, then kills every process of the run at once.</summary>
    private static async Task KillAt(Workplace workplace, string job, string report, long step, int nodes, int servers)
    {
        await using var train = Dtrain.Start(
            workplace, null, "train", job, "--nodes", $"{nodes}", "--servers", $"{servers}", "--report", report, "--resume", "--set", EverySteps, "--set", "epochs=1000000");
        await Workplace.Until(() => Task.FromResult(Versions(workplace, report)), versions => versions.LastOrDefault() >= step, $"a checkpoint at step {step}");
        foreach (var process in workplace.Processes().Keys)
            Dtrain.Signal(process, Dtrain.Kill);
        await workplace.NothingIsLeft();
    }

    private static IReadOnlyList<long> Versions(Workplace workplace, string report, string folder = "checkpoints")
    {
        var path = workplace.FullName(report, folder);
        return !Directory.Exists(path)
            ? []
            : [.. Directory.GetDirectories(path).Where(version => File.Exists(Path.Combine(version, "manifest.json"))).Select(version => long.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture)).Order()];
    }

    private static string CheckpointFolder(Workplace workplace, string report, long version) =>
        workplace.FullName(report, "checkpoints", version.ToString("D10", CultureInfo.InvariantCulture));

    private static string Content(Workplace workplace, string report) => string.Join(
        '\n',
        Directory.EnumerateFiles(workplace.FullName(report), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"));
}
