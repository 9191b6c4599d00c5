using System.Globalization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>history.csv: a line an epoch, numbers so that reading them gives the same double.</summary>
internal static class HistoryCsv
{
    /// <param name="metrics">Names of the validation metrics, in the job's order.</param>
    public static string Header(IEnumerable<string> metrics) => string.Join(
        ',',
        ["epoch", "step", "learning_rate", "train_loss", "penalty", "validation_loss", .. metrics.Select(metric => $"validation_{metric}"), "seconds",
            "samples_per_s"]);

    public static string Line(HistoryRow row) => string.Join(
        ',',
        [
            row.Epoch.ToString(CultureInfo.InvariantCulture),
            row.Step.ToString(CultureInfo.InvariantCulture),
            Number(row.LearningRate),
            Number(row.TrainLoss),
            Number(row.Penalty),
            row.ValidationLoss is { } loss ? Number(loss) : "",
            .. row.ValidationMetrics.Select(metric => Number(metric.Value)),
            row.Seconds.ToString("0.000", CultureInfo.InvariantCulture),
            row.SamplesPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
        ]);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
