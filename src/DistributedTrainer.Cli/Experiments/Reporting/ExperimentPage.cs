using System.Globalization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>An experiment's report.html: what was done, what came of it, and how it was measured.</summary>
internal static class ExperimentPage
{
    public static string Html(ExperimentRecord experiment)
    {
        var page = new ReportPage($"Experiment {experiment.Scenario.Name}");
        Opening(page, experiment);
        Expectations(page, experiment);
        Weights(page, experiment);
        Losses(page, experiment);
        for (var run = 0; run < experiment.Runs.Count; run++)
            Run(page, experiment, run);
        Lanes(page, "The undisturbed run's lanes", experiment.Clean, [], "lanes-clean");
        Method(page);
        return page.ToString();
    }

    private static void Opening(ReportPage page, ExperimentRecord experiment)
    {
        var (setup, scenario) = (experiment.Setup, experiment.Scenario);
        page.Verdict(Sentence(experiment), experiment.IsMet);
        page.Facts(
        [
            ("job", $"{setup.Job.Name}, {setup.Job.Epochs} epochs{(scenario.Set.Count > 0 ? $", changed: {string.Join("; ", scenario.Set)}" : "")}"),
            ("cluster", $"{setup.Nodes} nodes, {experiment.Clean.Result.Servers} server {(experiment.Clean.Result.Servers == 1 ? "range" : "ranges")}, "
                + $"{setup.Replicas} {(setup.Replicas == 1 ? "backup" : "backups")} of each, {setup.Threads} compute {(setup.Threads == 1 ? "thread" : "threads")} a node"),
            ("model", $"{ModelTable.Count(experiment.Clean.Result.Parameters)} parameters, {experiment.Clean.Result.Shards} shards, batches of {experiment.Clean.Seen.Started?.BatchSize}"),
            ("undisturbed", $"{experiment.Clean.Result.Steps} steps, {ModelTable.Count(experiment.Clean.Result.Samples)} samples in {Number(experiment.Clean.Result.TrainSeconds, 2)} s"),
            ("runs", $"{scenario.Repeat} disturbed, seed {scenario.Seed}"),
            ("version", $"{ProductVersion.Number}, on {Environment.ProcessorCount} processors"),
        ]);
    }

    private static string Sentence(ExperimentRecord experiment)
    {
        if (experiment.Clean.Result.State != "completed")
            return $"The undisturbed run did not complete: {experiment.Clean.Result.StopReason}";
        var failed = experiment.Runs.FirstOrDefault(run => run.Measure.Result.State != "completed");
        if (failed is not null)
            return $"A disturbed run did not complete: {failed.Measure.Result.StopReason.Split('\n')[0]}";
        if (experiment.Runs.Count < experiment.Scenario.Repeat)
            return $"The experiment was broken off after {experiment.Runs.Count} of {experiment.Scenario.Repeat} disturbed runs.";
        return experiment.HasSameWeights
            ? "Every disturbed run ended with exactly the weights of the undisturbed one."
            : "A disturbed run ended with other weights than the undisturbed one.";
    }

    private static void Expectations(ReportPage page, ExperimentRecord experiment)
    {
        page.Heading("What was expected");
        page.Table(
            ["", "expectation", "expected", "found"], [false, false, false, false],
            experiment.Verdicts.Select(verdict => (IReadOnlyList<string>)
            [
                verdict.IsMet ? $"{ReportPage.Good}✓ met" : $"{ReportPage.Bad}✗ not met", verdict.Name, VerdictText.Expected(verdict), VerdictText.Value(verdict.Found, verdict.Unit),
            ]));
    }

    private static void Weights(ReportPage page, ExperimentRecord experiment)
    {
        page.Heading("The weights");
        page.Table(
            ["run", "state", "SHA-256 of the weights", "", "steps", "repeated", "lost", "doubled", "goodput"], [false, false, false, false, true, true, true, true, true],
            experiment.AllRuns.Select((run, index) =>
            {
                var measure = index == 0 ? null : experiment.Runs[index - 1].Measure;
                var result = run.Outcome.Result;
                var isSame = result.WeightsSha256.Length > 0 && result.WeightsSha256 == experiment.Clean.Result.WeightsSha256;
                return (IReadOnlyList<string>)
                [
                    run.Name, result.State, result.WeightsSha256.Length > 0 ? result.WeightsSha256 : "–",
                    measure is null ? "" : isSame ? $"{ReportPage.Good}equal" : $"{ReportPage.Bad}not equal",
                    result.Steps.ToString(CultureInfo.InvariantCulture), Text(measure?.StepsRepeated), Text(measure?.SamplesLost), Text(measure?.SamplesDoubled),
                    measure is null ? "" : measure.Goodput.ToString("P0", CultureInfo.InvariantCulture),
                ];
            }));
        page.Note("Goodput: new samples a second, as a share of the undisturbed run's. Work done twice does not count.");
    }

    private static void Losses(ReportPage page, ExperimentRecord experiment)
    {
        var runs = experiment.AllRuns.Where(run => run.Outcome.Seen.History.Count > 0).Select(run => (run.Name, run.Outcome.Seen.History)).ToList();
        if (runs.Count == 0)
            return;
        page.Heading("Loss");
        page.Figure(LossChart.Overlaid(runs, "losses"), "Loss by epoch of all runs, laid over each other");
        page.Note("The undisturbed run is the black dashed line. Where the curves of the disturbed runs lie under it, the losses are the same.");
    }

    private static void Run(ReportPage page, ExperimentRecord experiment, int index)
    {
        var (outcome, measure) = experiment.Runs[index];
        var happened = measure.Events.Where(e => e.Event.Missed is null).ToList();
        page.Heading($"Disturbed run {index + 1}");
        if (outcome.Result.State != "completed")
            page.Paragraph($"It {outcome.Result.State} after {outcome.Result.Steps} steps: {outcome.Result.StopReason}");
        page.Figure(ThroughputChart.Svg(experiment.Clean, outcome, happened, $"throughput-{index + 1}"), "Samples a second over time, with a mark for each event");
        page.Table(
            ["#", "event", "node", "step", "at", "noticed after", "pause", "handover", "steps repeated", "samples/s before", "during", "after"],
            [true, false, false, true, true, true, true, true, true, true, true, true],
            happened.Select((e, number) => (IReadOnlyList<string>)
            [
                $"{number + 1}", e.Event.Kind, e.Event.Node, $"{e.Event.AtStep}", $"{Number(e.Event.At.TotalSeconds, 2)} s", VerdictText.Milliseconds(e.NoticedMs),
                e.PauseMs is null ? $"{ReportPage.Bad}never over" : VerdictText.Milliseconds(e.PauseMs), VerdictText.Milliseconds(e.HandoverMs), $"{e.StepsRepeated}",
                Rate(e.Before, outcome), Rate(e.During, outcome), Rate(e.After, outcome),
            ]));
        foreach (var missed in measure.Missed)
            page.Paragraph($"Missed: {missed.Kind} at {Number(missed.At.TotalSeconds, 2)} s: {missed.Missed}.");
        var skipped = measure.Events.Count(e => e.Event is { Missed: not null, IsPlanned: false });
        if (skipped > 0)
            page.Paragraph($"{skipped} random faults were left out, because no majority would have been left or no node fitted.");
        Lanes(page, null, outcome, happened, $"lanes-{index + 1}");
        if (outcome.Result.Events.Count > 0)
        {
            page.SmallHeading("What the cluster said");
            page.Table(
                ["at", "step", "event", "node", ""], [true, true, false, false, false],
                outcome.Result.Events.Where(change => change is not { Step: 0, Kind: "node-joined" })
                    .Select(change => (IReadOnlyList<string>)[$"{Number(change.AtSeconds, 2)} s", $"{change.Step}", change.Kind, change.Node, change.Detail]));
        }
    }

    private static void Lanes(ReportPage page, string? heading, RunOutcome outcome, IReadOnlyList<EventMeasure> events, string id)
    {
        var segments = outcome.Seen.Lanes.Segments;
        if (segments.Count == 0 || outcome.Seen.Started is not { } started)
            return;
        if (heading is not null)
            page.Heading(heading);
        page.SmallHeading("Who computed which shard when");
        page.Figure(LaneChart.Svg(segments, started.Shards, events, id), "A lane for each shard, coloured by the node that computed it");
    }

    private static void Method(ReportPage page)
    {
        page.Heading("How it was measured");
        page.Paragraph("All times are taken by one clock of the machine. A step is committed when the leading parameter server has made the new version; "
            + "nodes note that moment in memory and tell it afterwards, which takes a few milliseconds and delays no step.");
        page.Paragraph("Noticed after: until a link to the node failed or the coordinator told of it, whichever was first. "
            + "Pause: the longest time without a new step that began between the event and one second after its cause was over, or after it was noticed; "
            + "a gap that was open at the event counts from the event. An epoch's evaluation is not counted, unless the event fell into it. "
            + "Handover: from the version from which on the work is dealt out anew to the first one made so.");
        page.Paragraph("Samples lost and doubled: the samples that went into the committed steps, against those that these steps have. Throughput before and after is over two seconds.");
    }

    private static string Rate(double? steps, RunOutcome outcome) => steps is { } rate ? Number(rate * (outcome.Seen.Started?.BatchSize ?? 0), 0) : "–";

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Number(double value, int digits) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
