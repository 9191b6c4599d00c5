using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

/// <summary>An experiment as if it had run: a step every 10 ms, and a kill with a pause of 180 ms.</summary>
internal static class SampleExperiment
{
    public const string Text =
        """
        name: small
        job: digits.yaml
        cluster: { nodes: 3, threads: 1 }
        seed: 7
        events:
          - { at: 30 steps, kill: node-3 }
        expect: { pause-max: 250 ms }
        """;

    /// <param name="weights">Hash of the disturbed run's weights; "cc" is the undisturbed one's.</param>
    /// <param name="state">How the disturbed run ended.</param>
    public static ExperimentRecord Of(string weights = "cc", string state = "completed")
    {
        var scenario = ScenarioFile.Parse(Text, "small.yaml");
        var experiment = new ExperimentRecord(new ExperimentSetup(scenario, Samples.Job, 2), Run(_ => 0, Samples.Result, []), []);
        var killed = new InjectedEvent("kill", "node-3", 30, TimeSpan.FromMilliseconds(300), null, ["node-3"]) { IsPlanned = true };
        return experiment.With(Run(version => version > 30 ? 170 : 0, Samples.Result with { WeightsSha256 = weights, State = state, StopReason = "node-3 <died>" }, [killed]));
    }

    private static RunOutcome Run(Func<int, double> late, JobResult result, IReadOnlyList<InjectedEvent> injected)
    {
        var seen = new RunObservations();
        seen.Begin(Samples.Started);
        for (var version = 1; version <= 90; version++)
            seen.Commits.Add(version, TimeSpan.FromMilliseconds(version * 10 + late(version)));
        seen.Commits.Assign(31);
        seen.Lanes.Add(new LaneSegment("node-1", 0, 4, 1, 90, TimeSpan.Zero, TimeSpan.FromSeconds(1), 90));
        seen.Lanes.Add(new LaneSegment("node-3", 4, 8, 1, 30, TimeSpan.Zero, TimeSpan.FromSeconds(0.3), 30));
        seen.Take("node-3", "link-failed", TimeSpan.FromMilliseconds(304));
        seen.Take(Samples.Epoch(1).Row);
        seen.Take(Samples.Epoch(2).Row);
        return new RunOutcome(Samples.Record with { Started = Samples.Started }, result, seen, injected, 1.5);
    }
}
