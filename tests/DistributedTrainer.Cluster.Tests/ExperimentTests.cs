using System.Text.Json;

namespace DistributedTrainer.Cluster.Tests;

/// <summary><c>dtrain experiment</c> with real processes: what happens to them, what is reported of it, and that none is left.</summary>
public class ExperimentTests
{
    private const string Head = "name: small\njob: short.yaml\ncluster: { nodes: 3, servers: 2, threads: 1 }\nseed: 1\n";

    [ClusterFact]
    public async Task Nodes_come_leave_and_get_distant_and_the_weights_stay()
    {
        using var workplace = new Workplace();
        var scenario = Scenario(
            workplace, 40,
            "at: 100 steps, delay: [node-1, node-3], by: 3 ms, for: 1 s",
            "at: 300 steps, slow: node-3, factor: 3, for: 500 ms",
            "at: 500 steps, add: 1",
            "at: 900 steps, remove: node-2");
        await using var experiment = Dtrain.Start(workplace, null, "experiment", scenario, "--report", "report", "--json");
        Assert.True(await experiment.Exit() == 0, experiment.Transcript());
        await workplace.NothingIsLeft();

        var json = JsonDocument.Parse(experiment.Output).RootElement;
        Assert.True(json.GetProperty("same_weights").GetBoolean());
        Assert.All(json.GetProperty("expect").EnumerateArray(), verdict => Assert.True(verdict.GetProperty("met").GetBoolean(), verdict.GetRawText()));
        var run = Assert.Single(json.GetProperty("runs").EnumerateArray());
        var events = run.GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(["delay", "slow", "add", "remove"], events.Select(e => e.GetProperty("kind").GetString()));
        Assert.Equal([100L, 300, 500, 900], events.Select(e => e.GetProperty("at_step").GetInt64() / 100 * 100));
        Assert.All(events, e => Assert.InRange(e.GetProperty("pause_ms").GetDouble(), 0.1, 5000));
        // Whoever is 3 ms away answers a step after 6: 32 samples in that time, and the window's edges.
        Assert.InRange(events[0].GetProperty("samples_per_s").GetProperty("during").GetDouble(), 1, 1.3 * 32 / 0.006);
        Assert.Equal((0, 0), (run.GetProperty("samples_lost").GetInt64(), run.GetProperty("samples_doubled").GetInt64()));
        foreach (var file in (string[])["experiment.json", "report.html", "lanes.csv", "events.csv", "throughput.csv", "losses.csv", "clean/run.json", "run-1/model.safetensors"])
            Assert.True(new FileInfo(workplace.FullName("report", file)).Length > 0, file);
        Assert.Contains("node-4", File.ReadAllText(workplace.FullName("report", "lanes.csv")), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task All_processes_are_killed_twice_and_the_job_goes_on_from_its_checkpoints()
    {
        using var workplace = new Workplace();
        var scenario = Scenario(workplace, 60, "at: 700 steps, kill: all, resume: 200 ms", "at: 1500 steps, kill: all, resume: 200 ms");
        File.AppendAllText(scenario, "set: { checkpoint: { every: 100 steps } }\nexpect: { steps-repeated-max: 600 }\n");
        await using var experiment = Dtrain.Start(workplace, null, "experiment", scenario, "--report", "report", "--json");
        Assert.True(await experiment.Exit() == 0, experiment.Transcript());
        await workplace.NothingIsLeft();
        var run = JsonDocument.Parse(experiment.Output).RootElement.GetProperty("runs")[0];
        Assert.Equal(["kill", "resume", "kill", "resume"], run.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString()));
        Assert.InRange(run.GetProperty("run").GetProperty("resumed_from").GetInt64(), 1000, 1600);
        Assert.Equal(1 + 60, File.ReadLines(workplace.FullName("report", "run-1/history.csv")).Count()); // each epoch once
    }

    [ClusterFact]
    public async Task An_expectation_that_is_not_met_is_exit_code_1()
    {
        using var workplace = new Workplace();
        var scenario = Scenario(workplace, 20, "at: 200 steps, stop: node-3, for: 300 ms");
        File.AppendAllText(scenario, "expect: { pause-max: 1 ms }\n");
        await using var experiment = Dtrain.Start(workplace, null, "experiment", scenario, "--report", "report");
        Assert.True(await experiment.Exit() == 1, experiment.Transcript());
        Assert.Contains("NOT MET  pause-max", experiment.Output, StringComparison.Ordinal);
        Assert.Contains("met      same-weights: yes", experiment.Output, StringComparison.Ordinal);
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task Ctrl_C_leaves_no_process()
    {
        using var workplace = new Workplace();
        var scenario = Scenario(workplace, 1_000_000, "at: 200 steps, stop: node-3, for: 1 h");
        await using var experiment = Dtrain.Start(workplace, null, "experiment", scenario, "--report", "report");
        await experiment.Says(ShortJobs.LaterEpoch);
        experiment.Signal(Dtrain.Interrupt);
        Assert.True(await experiment.Exit() == 130, experiment.Transcript());
        await workplace.NothingIsLeft();
        Assert.False(Directory.Exists(workplace.FullName("report")), "the clean run never ended, so there is nothing to report");
    }

    [ClusterFact]
    public async Task What_cannot_be_is_said_before_anything_runs()
    {
        using var workplace = new Workplace();
        Directory.CreateDirectory(workplace.FullName("full"));
        workplace.Write("full/thesis.txt", "mine");
        var good = Scenario(workplace, 2, "at: 20 steps, add: 1");
        await Refuses(good, "full", "--report full is not empty");
        await Refuses(Scenario(workplace, 2, "at: 9000 steps, add: 1"), "report", "events.0.at: 9000 steps is not before the job's end: it has 90 steps");
        await Refuses(Scenario(workplace, 2, "at: 20 steps, kill: node-9"), "report", "x.yaml:6: events.0.kill: unknown node 'node-9'; allowed here: node-1, node-2, node-3");
        await Refuses(workplace.Write("y.yaml", "job: none.yaml\nevents: [ { at: 1 steps, add: 1 } ]"), "report", "y.yaml: job: cannot read the job file");
        Assert.Equal(["thesis.txt"], Directory.GetFileSystemEntries(workplace.FullName("full")).Select(Path.GetFileName));
        Assert.False(Directory.Exists(workplace.FullName("report")));

        async Task Refuses(string scenario, string report, string message)
        {
            await using var experiment = await Dtrain.Run(workplace, "experiment", scenario, "--report", report);
            Assert.True(await experiment.Exit() == 2, experiment.Transcript());
            Assert.Contains(message, experiment.Errors, StringComparison.Ordinal);
        }
    }

    private static string Scenario(Workplace workplace, int epochs, params string[] events)
    {
        workplace.Write("short.yaml", ShortJobs.Digits.Replace("epochs: 2", $"epochs: {epochs}", StringComparison.Ordinal));
        return workplace.Write("x.yaml", $"{Head}events:\n{string.Join('\n', events.Select(e => $"  - {{ {e} }}"))}\n");
    }
}
