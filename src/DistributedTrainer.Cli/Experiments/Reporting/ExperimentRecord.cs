using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>A disturbed run with what it came to.</summary>
internal sealed record MeasuredOutcome(RunOutcome Outcome, RunMeasure Measure);

/// <summary>An experiment, as far as it went.</summary>
/// <param name="Clean">The undisturbed run.</param>
/// <param name="Runs">The disturbed ones.</param>
internal sealed record ExperimentRecord(ExperimentSetup Setup, RunOutcome Clean, IReadOnlyList<MeasuredOutcome> Runs)
{
    public Scenario Scenario => Setup.Scenario;

    public IReadOnlyList<Verdict> Verdicts { get; } = Verdict.Of(Setup.Scenario.Expect, Clean.Result, [.. Runs.Select(run => run.Measure)], Setup.Scenario.Repeat);

    public bool IsMet => Verdicts.All(verdict => verdict.IsMet);

    public bool HasSameWeights => Verdict.SameWeights(Clean.Result, [.. Runs.Select(run => run.Measure)]);

    /// <summary>All runs with the names that files and charts use: clean, run-1, run-2…</summary>
    public IEnumerable<(string Name, RunOutcome Outcome)> AllRuns => Runs.Select((run, index) => ($"run-{index + 1}", run.Outcome)).Prepend(("clean", Clean));

    public ExperimentRecord With(RunOutcome outcome)
    {
        var started = outcome.Seen.Started;
        var happened = outcome.Injected.Where(injected => injected.Missed is null).ToList();
        var measures = EventMeasures.Of(
            happened, outcome.Seen.Commits, outcome.Seen.Sightings,
            version => started is not null && (version % started.StepsPerEpoch == 0 || version == started.TotalSteps),
            outcome.Seen.Commits.All.Count == 0 ? TimeSpan.Zero : outcome.Seen.Commits.All[^1].At, outcome.Result.State == "completed");
        var missed = outcome.Injected.Where(injected => injected.Missed is not null).Select(injected => new EventMeasure(injected, null, null, null, 0, null, null, null));
        var events = measures.Concat(missed).OrderBy(measure => measure.Event.At).ToList();
        var measure = RunMeasure.Of(outcome.Result, Clean.Result, outcome.Seen.Started, outcome.Seen.Commits, events);
        return new ExperimentRecord(Setup, Clean, [.. Runs, new MeasuredOutcome(outcome, measure)]);
    }
}
