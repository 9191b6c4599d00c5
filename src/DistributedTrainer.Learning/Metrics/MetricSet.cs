namespace DistributedTrainer.Learning;

/// <summary>
/// The figures of an evaluation as sums that go up the reduction tree: first loss, denominator and samples, then what each metric needs.
/// </summary>
public sealed unsafe class MetricSet
{
    private const int Loss = 0;
    private const int Denominator = 1;
    private const int Samples = 2;
    private const int FirstMetric = 3;

    private readonly (Metric Metric, int Offset)[] _metrics;
    private readonly int _outputLength;
    private readonly int _targetLength;
    private readonly int _positions;

    /// <param name="metrics">What to report, in this order.</param>
    /// <param name="loss">Says whether targets are values, two classes or several.</param>
    /// <param name="outputLength">Floats in one prediction.</param>
    /// <param name="positions">Positions with a class each in one prediction: a metric is over positions.</param>
    /// <exception cref="ModelException">A metric does not fit the loss's target.</exception>
    public MetricSet(IReadOnlyList<MetricSpec> metrics, LossSpec loss, int outputLength, int positions = 1)
    {
        _positions = positions;
        _outputLength = outputLength / positions;
        _targetLength = loss.Target == TargetKind.Values ? outputLength : 1;
        _metrics = new (Metric, int)[metrics.Count];
        SumCount = FirstMetric;
        for (var i = 0; i < metrics.Count; i++)
        {
            var metric = Metric.For(metrics[i], loss.Target, _outputLength);
            _metrics[i] = (metric, SumCount);
            SumCount += metric.SumCount;
        }
    }

    /// <summary>Number of doubles in a sums array.</summary>
    public int SumCount { get; }

    /// <summary>left += right: one addition of the tree.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(Span<double> left, ReadOnlySpan<double> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"{right.Length} sums cannot be added to {left.Length}.", nameof(right));
        for (var i = 0; i < left.Length; i++)
            left[i] += right[i];
    }

    /// <summary>Loss and metrics from the sums of all rows; not a number where there are no rows.</summary>
    public Evaluation Finish(ReadOnlySpan<double> sums)
    {
        var values = new List<KeyValuePair<string, double>>(_metrics.Length);
        foreach (var (metric, offset) in _metrics)
            values.Add(new(metric.Name, metric.Finish(sums.Slice(offset, metric.SumCount), sums[Samples] * _positions)));
        return new Evaluation(sums[Loss] / sums[Denominator], values);
    }

    /// <summary>What is reported where the job names no metrics: accuracy for classes; mae, rmse and r2 for values.</summary>
    public static IReadOnlyList<MetricSpec> DefaultFor(LossSpec loss) => loss.Target == TargetKind.Values
        ? [new(MetricKind.MeanAbsoluteError), new(MetricKind.RootMeanSquaredError), new(MetricKind.RSquared)]
        : [new(MetricKind.Accuracy)];

    /// <summary>Adds the rows' losses, in order, and what they add to the denominator.</summary>
    internal void AddLoss(ReadOnlySpan<float> losses, double denominator, Span<double> sums)
    {
        foreach (var loss in losses)
            sums[Loss] += loss;
        sums[Denominator] += denominator;
        sums[Samples] += losses.Length;
    }

    /// <summary>Adds predictions (rows, outputs) and their targets (rows, targets), row by row in order.</summary>
    internal void AddRows(int rows, float* prediction, float* target, Span<double> sums)
    {
        foreach (var (metric, offset) in _metrics)
        {
            var own = sums.Slice(offset, metric.SumCount);
            for (var row = 0; row < rows * _positions; row++)
            {
                metric.Add(
                    new(prediction + (long)row * _outputLength, _outputLength), new(target + (long)row * _targetLength, _targetLength), own);
            }
        }
    }
}
