using System.Globalization;

namespace DistributedTrainer.Cli;

/// <summary>What a report folder tells of the run before this one.</summary>
internal static class EarlierRun
{
    private const string StepColumn = "step";

    /// <summary>
    /// Steps that the earlier run is known to have committed: those of its last epoch in history.csv. It may have come further before it was
    /// killed; nobody is left who knows.
    /// </summary>
    public static long StepsIn(ReportFolder? report)
    {
        if (report is not { IsResumed: true } || !File.Exists(report.PathOf(ReportFolder.HistoryFile)))
            return 0;
        var lines = File.ReadAllLines(report.PathOf(ReportFolder.HistoryFile));
        var column = lines.Length == 0 ? -1 : Array.IndexOf(lines[0].Split(','), StepColumn);
        return lines.Skip(1).Select(line => line.Split(',')).Where(cells => column >= 0 && column < cells.Length)
            .Select(cells => long.TryParse(cells[column], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : 0)
            .DefaultIfEmpty(0).Max();
    }
}
