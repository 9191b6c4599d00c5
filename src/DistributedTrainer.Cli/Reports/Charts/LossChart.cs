using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Loss by epoch.</summary>
internal static class LossChart
{
    /// <summary>Curves of several runs, laid over each other: where they are equal one sees but the last, dashed over the first.</summary>
    /// <param name="runs">The undisturbed one first.</param>
    public static string Overlaid(IReadOnlyList<(string Name, IReadOnlyList<HistoryRow> Rows)> runs, string id)
    {
        var model = Chart.Create("epoch", "loss", lowest: null);
        for (var index = runs.Count - 1; index >= 0; index--)
        {
            var (name, rows) = runs[index];
            var color = index == 0 ? OxyPlot.OxyColors.Black : Chart.Color(index - 1);
            model.AddCurve($"{name}, train", color, isDashed: index == 0, Of(rows, row => row.TrainLoss), withMarkers: rows.Count < 60);
            if (rows.Any(row => row.ValidationLoss is not null))
                model.AddCurve($"{name}, validation", color, isDashed: index == 0, Of(rows, row => row.ValidationLoss ?? double.NaN));
        }

        return Chart.Svg(model, 300, id);
    }

    /// <summary>One run's losses.</summary>
    public static string Single(IReadOnlyList<HistoryRow> rows, string id)
    {
        var model = Chart.Create("epoch", "loss", lowest: null);
        model.AddCurve("train", Chart.Color(0), isDashed: false, Of(rows, row => row.TrainLoss), withMarkers: rows.Count < 60);
        if (rows.Any(row => row.ValidationLoss is not null))
            model.AddCurve("validation", Chart.Color(1), isDashed: true, Of(rows, row => row.ValidationLoss ?? double.NaN), withMarkers: rows.Count < 60);
        return Chart.Svg(model, 300, id);
    }

    /// <summary>One metric on the validation part.</summary>
    public static string Metric(IReadOnlyList<HistoryRow> rows, int metric, string name, string id)
    {
        var model = Chart.Create("epoch", name, lowest: null);
        model.AddCurve($"validation {name}", Chart.Color(2), isDashed: false, Of(rows, row => row.ValidationMetrics[metric].Value), withMarkers: rows.Count < 60);
        return Chart.Svg(model, 240, id);
    }

    private static IEnumerable<(double, double)> Of(IReadOnlyList<HistoryRow> rows, Func<HistoryRow, double> value) =>
        rows.Select(row => ((double)row.Epoch, value(row)));
}
