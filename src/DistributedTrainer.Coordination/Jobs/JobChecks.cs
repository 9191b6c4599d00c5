using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>What is wrong with a job, and under which key.</summary>
/// <param name="Key">The dotted key, <c>batch-size</c>.</param>
public sealed record JobProblem(string Key, string Message)
{
    public override string ToString() => $"{Key}: {Message}";
}

/// <summary>What must hold between the keys of a job, and between a job and its data.</summary>
public static class JobChecks
{
    /// <summary>What only shows once the data are read; empty where all is well.</summary>
    /// <param name="trainRows">Rows left to train on after validation and test were taken.</param>
    /// <param name="validationRows">Rows of the validation part, 0 where there is none.</param>
    public static IReadOnlyList<JobProblem> AgainstData(Job job, long trainRows, long validationRows)
    {
        var problems = new List<JobProblem>();
        if (trainRows < 1)
            return [new JobProblem("data", "no rows are left to train on; make validation and test smaller")];
        if (job.BatchSize > trainRows)
            problems.Add(new JobProblem(
                "batch-size", $"{job.BatchSize} is larger than the data: {trainRows} training rows; write all, or at most {trainRows}"));
        else if (job.Shards > job.ResolveBatchSize(trainRows))
            problems.Add(new JobProblem(
                "shards", $"{job.Shards} is above the batch size: all {trainRows} training rows; write at most {trainRows}"));
        if (validationRows < 1 && job.ResolveMonitor().StartsWith("validation.", StringComparison.Ordinal))
            problems.Add(new JobProblem(
                "stop.monitor", $"'{job.ResolveMonitor()}' needs validation rows, and the validation part is empty"));
        return problems;
    }

    /// <summary>What only shows once the model is compiled for the data; null where all is well.</summary>
    /// <param name="trainRows">Rows left to train on after validation and test were taken.</param>
    public static JobProblem? AgainstModel(Job job, Network network, long trainRows)
    {
        if (FrozenLayers.Unknown(job.Freeze ?? [], network.Layout) is { } unknown)
            return new JobProblem("freeze", Nearest.Unknown("layer with parameters", unknown, FrozenLayers.Names(network.Layout)));
        if (job is { PseudoLabels: not null, Precision: Precision.Bfloat16 } && network.OutputLength > PseudoLabels.MostHalfClasses)
            return new JobProblem("pseudo-labels", $"{network.OutputLength} classes; bfloat16 tells {PseudoLabels.MostHalfClasses} labels apart; take precision: float32");
        if (network.LayerOfSeveralRows is not { } layer)
            return null;
        var (batch, shards) = (job.ResolveBatchSize(trainRows), job.ResolveShards(trainRows) * job.MicroBatches);
        var last = trainRows % batch;
        return batch >= 2 * shards && (last == 0 || last >= 2 * shards)
            ? null
            : new JobProblem(
                "model",
                $"layer '{layer}' takes the mean and deviation of each slice of a batch, and one row has none: {(job.MicroBatches > 1 ? $"{shards} micro-batches of all shards" : $"{shards} shards")} of "
                + $"{(batch < 2 * shards ? $"{batch} rows" : $"the last batch, {last} rows")} have slices of one row; take fewer shards or another batch size");
    }

    internal static string? ShardsAgainstBatch(Job job) => job.Shards > job.BatchSize
        ? $"{job.Shards} is above the batch size, {job.BatchSize}; allowed here: 1 to {job.BatchSize}" : null;

    internal static string? MetricsAgainstLoss(Job job)
    {
        if (job.Metrics is null) return null;
        if (job.Metrics.GroupBy(metric => metric.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return $"'{twice.Key}' stands twice in the list";
        foreach (var metric in job.Metrics)
        {
            var fits = metric.Kind switch
            {
                MetricKind.Accuracy => job.Loss.Target is not TargetKind.Values,
                MetricKind.TopK => job.Loss.Target is TargetKind.Class,
                _ => job.Loss.Target is TargetKind.Values,
            };
            if (!fits) return $"'{metric.Name}' does not fit the loss; allowed here: {FittingMetrics(job.Loss.Target)}";
        }

        return null;
    }

    internal static string? LayerNames(Job job) =>
        job.WithLayerNames().Model.GroupBy(layer => layer.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"the name '{twice.Key}' is given to {twice.Count()} layers; names of layers differ" : null;

    internal static string? Monitor(Job job)
    {
        if (job.Stop.Monitor is not { } monitor) return null;
        string[] known = ["train.loss", "validation.loss", .. job.ResolveMetrics().Select(metric => $"validation.{metric.Name}")];
        if (!known.Contains(monitor)) return Nearest.Unknown("figure", monitor, known);
        return monitor == "train.loss" || job.HasValidation
            ? null
            : $"'{monitor}' needs validation rows; add validation: 0.2 to data, or watch train.loss";
    }

    private static string FittingMetrics(TargetKind target) => target switch
    {
        TargetKind.Class => "accuracy, top-k",
        TargetKind.Binary => "accuracy",
        _ => "mae, rmse, r2",
    };
}
