using System.Globalization;

namespace DistributedTrainer.Cli;

/// <summary>The last lines of an experiment: what happened, what was expected, and where the report is.</summary>
internal static class ExperimentSummary
{
    public static void Write(TextWriter output, ExperimentRecord experiment, string reportFolder)
    {
        output.WriteLine();
        output.WriteLine($"{experiment.Scenario.Name}: {Runs(experiment)}");
        var rows = Rows(experiment).ToList();
        if (rows.Count > 0)
            TextTable.Write(output, ["run", "event", "node", "step", "at", "noticed", "pause", "repeated"], [false, false, false, true, true, true, true, true], rows);
        foreach (var run in experiment.Runs.Select((run, index) => (run.Measure, Number: index + 1)))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  run {run.Number}: goodput {run.Measure.Goodput:P0}, {run.Measure.SamplesLost} samples lost, {run.Measure.SamplesDoubled} doubled, {run.Measure.StepsRepeated} steps repeated"));
        }

        foreach (var verdict in experiment.Verdicts)
            output.WriteLine($"  {(verdict.IsMet ? "met    " : "NOT MET")}  {VerdictText.Of(verdict)}");
        output.WriteLine($"  report   {Path.Combine(reportFolder, ReportPage.FileName)}");
    }

    private static string Runs(ExperimentRecord experiment)
    {
        if (experiment.Clean.Result.State != "completed")
            return $"the undisturbed run {experiment.Clean.Result.State}: {experiment.Clean.Result.StopReason}";
        var equal = experiment.HasSameWeights ? "the same weights as undisturbed" : "NOT the same weights as undisturbed";
        return experiment.Runs.Count == 0 ? "no disturbed run" : $"{experiment.Runs.Count} disturbed {(experiment.Runs.Count == 1 ? "run" : "runs")}, {equal}";
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(ExperimentRecord experiment)
    {
        for (var run = 0; run < experiment.Runs.Count; run++)
        {
            foreach (var e in experiment.Runs[run].Measure.Events.Where(e => e.Event.Missed is null || e.Event.IsPlanned))
            {
                yield return
                [
                    (run + 1).ToString(CultureInfo.InvariantCulture), e.Event.Kind, e.Event.Missed is null ? e.Event.Node : $"missed: {e.Event.Missed}",
                    e.Event.AtStep.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{e.Event.At.TotalSeconds:0.00} s"),
                    e.Event.Missed is null ? VerdictText.Milliseconds(e.NoticedMs) : "", e.Event.Missed is null ? VerdictText.Milliseconds(e.PauseMs) : "",
                    e.StepsRepeated.ToString(CultureInfo.InvariantCulture),
                ];
            }
        }
    }
}
