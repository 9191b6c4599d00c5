namespace DistributedTrainer.Learning;

/// <summary>One figure as sums over rows: rows add to the sums, sums are added along the tree, and the root's give the figure.</summary>
internal abstract class Metric
{
    /// <summary>The field's name in reports.</summary>
    public required string Name { get; init; }

    /// <summary>Doubles it needs in the sums array.</summary>
    public abstract int SumCount { get; }

    /// <param name="prediction">(outputs) of one row.</param>
    /// <param name="target">(outputs) of values, or one class.</param>
    public abstract void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums);

    /// <param name="samples">Rows that were added.</param>
    public abstract double Finish(ReadOnlySpan<double> sums, double samples);

    /// <exception cref="ModelException">The metric does not fit the target.</exception>
    public static Metric For(MetricSpec spec, TargetKind target, int outputs) => (spec.Kind, target) switch
    {
        (MetricKind.Accuracy, TargetKind.Class) => new RankAccuracy(1) { Name = spec.Name },
        (MetricKind.Accuracy, TargetKind.Binary) => new BinaryAccuracy { Name = spec.Name },
        (MetricKind.TopK, TargetKind.Class) when spec.K >= 1 && spec.K <= outputs => new RankAccuracy(spec.K) { Name = spec.Name },
        (MetricKind.TopK, TargetKind.Class) =>
            throw new ModelException($"Metric top-k has k = {spec.K}; with {outputs} classes k is 1 to {outputs}."),
        (MetricKind.MeanAbsoluteError, TargetKind.Values) => new AbsoluteErrorMetric(outputs) { Name = spec.Name },
        (MetricKind.RootMeanSquaredError, TargetKind.Values) => new RootMeanSquareMetric(outputs) { Name = spec.Name },
        (MetricKind.RSquared, TargetKind.Values) => new RSquaredMetric(outputs) { Name = spec.Name },
        (MetricKind.Accuracy or MetricKind.TopK, _) => throw new ModelException(
            $"Metric {spec.Name} needs {(spec.Kind == MetricKind.TopK ? "several classes" : "classes")}, the loss's target is {target.ToString().ToLowerInvariant()}."),
        _ => throw new ModelException($"Metric {spec.Name} needs real values, the loss's target is {target.ToString().ToLowerInvariant()}."),
    };
}
