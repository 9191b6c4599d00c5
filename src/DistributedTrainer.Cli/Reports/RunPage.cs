using System.Globalization;
using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>A training run's report.html: curves, how classes are taken for one another, the model, and what happened in the cluster.</summary>
internal static class RunPage
{
    /// <param name="history">Each epoch once.</param>
    public static string Html(RunRecord record, JobResult result, IReadOnlyList<HistoryRow> history)
    {
        var page = new ReportPage(record.Job.Name);
        page.Verdict($"{result.State}: {result.StopReason}", result.State is "completed" or "stopped");
        Facts(page, record, result);
        Curves(page, history);
        if (result.Confusion is { } confusion)
            Confusion(page, confusion);
        Model(page, record);
        Cluster(page, result);
        return page.ToString();
    }

    private static void Facts(ReportPage page, RunRecord record, JobResult result)
    {
        (string Name, string Value)[] facts =
        [
            ("job", record.JobId),
            ("training", $"{result.Epochs} epochs, {ModelTable.Count(result.Steps)} steps, {ModelTable.Count(result.Samples)} samples in {Number(result.TrainSeconds, 2)} s"),
            ("throughput", result.TrainSeconds > 0 ? $"{Number(result.Samples / result.TrainSeconds, 0)} samples/s" : ""),
            ("cluster", $"{Counted(result.Nodes, "node")}, {Counted(result.Servers, "server range")}, {Counted(result.Shards, "shard")}, {Counted(result.Threads, "compute thread")} a node"),
            ("train loss", double.IsNaN(result.TrainLoss) ? "" : ProgressText.Value(result.TrainLoss)),
            ("validation", Score(result.Validation)),
            ("test", Score(result.Test)),
            ("pseudo-labels", result.PseudoLabels is { } labels ? RunSummary.Text(labels) : ""),
            ("weights SHA-256", result.WeightsSha256),
            ("recipe SHA-256", result.RecipeSha256),
            ("data SHA-256", result.DataSha256),
            ("version", ProductVersion.Number),
        ];
        page.Facts(facts.Where(fact => fact.Value.Length > 0));
    }

    private static void Curves(ReportPage page, IReadOnlyList<HistoryRow> history)
    {
        if (history.Count == 0)
            return;
        page.Heading("Loss");
        page.Figure(LossChart.Single(history, "loss"), "Loss by epoch");
        if (history[0].ValidationMetrics.Count == 0)
            return;
        page.Heading("Validation");
        for (var metric = 0; metric < history[0].ValidationMetrics.Count; metric++)
            page.Figure(LossChart.Metric(history, metric, history[0].ValidationMetrics[metric].Key, $"metric-{metric}"), $"{history[0].ValidationMetrics[metric].Key} by epoch");
    }

    private static void Confusion(ReportPage page, ClassConfusion confusion)
    {
        page.Heading($"Classes taken for one another, {confusion.Part} part");
        var count = confusion.Classes.Count;
        var text = new StringBuilder("<table class=\"matrix\"><thead><tr><th>true \\ predicted</th>");
        foreach (var name in confusion.Classes)
            text.Append("<th>").Append(ReportPage.Escape(name)).Append("</th>");
        text.Append("<th>found</th></tr></thead><tbody>\n");
        for (var actual = 0; actual < count; actual++)
        {
            var rows = Enumerable.Range(0, count).Sum(predicted => At(actual, predicted));
            text.Append("<tr><th>").Append(ReportPage.Escape(confusion.Classes[actual])).Append("</th>");
            for (var predicted = 0; predicted < count; predicted++)
            {
                // Shaded by its share of the class, right ones in another colour than wrong ones.
                var share = rows == 0 ? 0 : (double)At(actual, predicted) / rows;
                var color = actual == predicted ? "0,114,178" : "213,94,0";
                text.Append(CultureInfo.InvariantCulture, $"<td style=\"background:rgba({color},{Math.Sqrt(share) * 0.55:0.00})\">{At(actual, predicted)}</td>");
            }

            text.Append(CultureInfo.InvariantCulture, $"<td>{(rows == 0 ? 0 : (double)At(actual, actual) / rows):P1}</td></tr>\n");
        }

        page.Raw(text.Append("</tbody></table>\n").ToString());

        long At(int actual, int predicted) => confusion.Counts[actual * count + predicted];
    }

    private static void Model(ReportPage page, RunRecord record)
    {
        if (record.Started is not { Layers.Count: > 0 } started)
            return;
        page.Heading("Model");
        page.Table(
            ["layer", "kind", "output", "parameters"], [false, false, true, true],
            started.Layers.Select(layer => (IReadOnlyList<string>)[layer.Name, layer.Kind, ModelTable.Shape(layer.OutputShape), ModelTable.Count(layer.Parameters)])
                .Append(["total", "", "", ModelTable.Count(started.Parameters)]));
    }

    private static void Cluster(ReportPage page, JobResult result)
    {
        if (result.PerNode.Count > 0)
        {
            page.Heading("Nodes");
            page.Table(
                ["node", "roles", "shard steps", "sent", "received"], [false, false, true, true, true],
                result.PerNode.Select(node => (IReadOnlyList<string>)
                    [node.Node, node.Roles, ModelTable.Count(node.ShardSteps), $"{Number(node.BytesSent / 1e6, 1)} MB", $"{Number(node.BytesReceived / 1e6, 1)} MB"]));
        }

        if (result.Events.Count == 0)
            return;
        page.Heading("What happened in the cluster");
        page.Table(
            ["at", "step", "event", "node", ""], [true, true, false, false, false],
            result.Events.Select(change => (IReadOnlyList<string>)[$"{Number(change.AtSeconds, 2)} s", $"{change.Step}", change.Kind, change.Node, change.Detail]));
    }

    private static string Score(PartScore? score) => score is null
        ? ""
        : string.Join(", ", score.Metrics.Select(metric => $"{metric.Key} {ProgressText.Value(metric.Value)}").Prepend($"loss {ProgressText.Value(score.Loss)}"));

    private static string Counted(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Number(double value, int digits) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
