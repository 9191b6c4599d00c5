using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>metrics</c>: what is reported beside the loss.</summary>
internal static class MetricsSection
{
    public static Form<IReadOnlyList<MetricSpec>> Form { get; } = new ListForm<MetricSpec>("metrics", new ChoiceForm<MetricSpec>("metric")
        .Add("accuracy", Metric("Fraction of rows whose class is right.", MetricKind.Accuracy), Is(MetricKind.Accuracy))
        .Add("top-k", Metric("Fraction of rows whose class is among the k likeliest.", MetricKind.TopK)
            .Required("k", "Number of classes that count.", new WholeForm<int>(1), metric => metric.K, (metric, k) => metric with { K = k }),
            Is(MetricKind.TopK))
        .Add("mae", Metric("Mean absolute error.", MetricKind.MeanAbsoluteError), Is(MetricKind.MeanAbsoluteError))
        .Add("rmse", Metric("Root of the mean squared error.", MetricKind.RootMeanSquaredError), Is(MetricKind.RootMeanSquaredError))
        .Add("r2", Metric("Coefficient of determination.", MetricKind.RSquared), Is(MetricKind.RSquared)));

    private static MapForm<MetricSpec> Metric(string doc, MetricKind kind) => new(doc, new MetricSpec(kind));

    private static Func<MetricSpec, bool> Is(MetricKind kind) => metric => metric.Kind == kind;
}
