namespace DistributedTrainer.Learning;

/// <summary>
/// The figures of an evaluation as sums that go up the reduction tree: first loss, denominator and samples, then what each metric needs.
/// </summary>
public sealed class MetricSet
{
    public MetricSet(IReadOnlyList<MetricSpec> metrics, LossSpec loss, int outputLength) => throw new NotImplementedException();

    /// <summary>Number of doubles in a sums array.</summary>
    public int SumCount => throw new NotImplementedException();

    /// <summary>left += right: one addition of the tree.</summary>
    public static void Add(Span<double> left, ReadOnlySpan<double> right) => throw new NotImplementedException();

    /// <summary>Loss and metrics from the sums of all rows.</summary>
    public Evaluation Finish(ReadOnlySpan<double> sums) => throw new NotImplementedException();

    /// <summary>What is reported where the job names no metrics: accuracy for classes; mae, rmse and r2 for values.</summary>
    public static IReadOnlyList<MetricSpec> DefaultFor(LossSpec loss) => throw new NotImplementedException();
}

/// <param name="Loss">Mean loss, without penalty.</param>
/// <param name="Metrics">Name and value in the order of the job file; accuracies are fractions.</param>
public sealed record Evaluation(double Loss, IReadOnlyList<KeyValuePair<string, double>> Metrics);
