using System.Globalization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>The last lines of a run: what came out, and where it is.</summary>
internal static class RunSummary
{
    public static void Write(TextWriter output, string name, JobResult result, double wallSeconds, string? reportFolder)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {result.State} ({result.StopReason}): {result.Epochs} epochs, {result.Steps:N0} steps, {result.Samples:N0} samples in {result.TrainSeconds:0.00} s, {wallSeconds:0.00} s in all"));
        if (result.ResumedFrom is { } version)
            Field(output, "resumed from", string.Create(CultureInfo.InvariantCulture, $"step {version:N0}"));
        if (!double.IsNaN(result.TrainLoss))
            Field(output, "train loss", ProgressText.Value(result.TrainLoss));
        Score(output, "validation", result.Validation);
        Score(output, "test", result.Test);
        if (result.PseudoLabels is { } labels)
            Field(output, "pseudo-labels", Text(labels));
        if (result.WeightsSha256.Length > 0)
            Field(output, "weights_sha256", result.WeightsSha256);
        if (reportFolder is not null)
            Field(output, "report", reportFolder);
    }

    /// <summary>One line: how many rows each round labelled, and how many of the last round's labels are right.</summary>
    internal static string Text(PseudoLabelCounts labels)
    {
        var right = labels.Right is { } count && labels.Labelled.Count > 0 ? $", {ModelTable.Count(count)} of these rightly" : "";
        var rounds = labels.Labelled.Count == 0 ? "none yet" : string.Join(", ", labels.Labelled.Select(round => ModelTable.Count(round)));
        return $"of {ModelTable.Count(labels.Rows)} unlabelled rows, by round: {rounds}{right}";
    }

    private static void Score(TextWriter output, string part, PartScore? score)
    {
        if (score is null)
            return;
        var figures = score.Metrics.Select(metric => $"{metric.Key} {metric.Value.ToString("0.######", CultureInfo.InvariantCulture)}");
        Field(output, part, string.Join("  ", figures.Prepend($"loss {ProgressText.Value(score.Loss)}")));
    }

    private static void Field(TextWriter output, string name, string value) => output.WriteLine($"  {name,-14}  {value}");
}
