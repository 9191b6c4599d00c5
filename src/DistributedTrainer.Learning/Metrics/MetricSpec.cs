namespace DistributedTrainer.Learning;

public enum MetricKind
{
    Accuracy,
    TopK,
    MeanAbsoluteError,
    RootMeanSquaredError,
    RSquared,
}

/// <summary>A figure reported beside the loss. Job files write <c>accuracy</c>, <c>top-k: { k: 5 }</c>, <c>mae</c>, <c>rmse</c>, <c>r2</c>.</summary>
/// <param name="Kind">Which figure.</param>
/// <param name="K">The k of <see cref="MetricKind.TopK"/>.</param>
public readonly record struct MetricSpec(MetricKind Kind, int K = 0)
{
    /// <summary>The field's name in run.json and history.csv: accuracy, top_5, mae, rmse, r2.</summary>
    public string Name => Kind switch
    {
        MetricKind.Accuracy => "accuracy",
        MetricKind.TopK => $"top_{K}",
        MetricKind.MeanAbsoluteError => "mae",
        MetricKind.RootMeanSquaredError => "rmse",
        _ => "r2",
    };
}
