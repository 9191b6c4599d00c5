namespace DistributedTrainer.Learning;

/// <summary>Mean of |p − t| over all elements.</summary>
internal sealed class AbsoluteErrorMetric(int outputs) : Metric
{
    public override int SumCount => 1;

    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums)
    {
        for (var i = 0; i < prediction.Length; i++)
            sums[0] += Math.Abs((double)prediction[i] - target[i]);
    }

    public override double Finish(ReadOnlySpan<double> sums, double samples) => sums[0] / (samples * outputs);
}

/// <summary>Root of the mean of (p − t)² over all elements.</summary>
internal sealed class RootMeanSquareMetric(int outputs) : Metric
{
    public override int SumCount => 1;

    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums)
    {
        for (var i = 0; i < prediction.Length; i++)
        {
            var error = (double)prediction[i] - target[i];
            sums[0] += error * error;
        }
    }

    public override double Finish(ReadOnlySpan<double> sums, double samples) => Math.Sqrt(sums[0] / (samples * outputs));
}

/// <summary>
/// R² = 1 − Σe² / Σ(t − t̄)², t̄ being each column's mean over the evaluated rows, both sums over all columns. Where the targets
/// do not vary: 1 for exact predictions, else 0.
/// </summary>
internal sealed class RSquaredMetric(int outputs) : Metric
{
    /// <summary>2⁻⁵²: the step between doubles at 1.</summary>
    private const double DoublePrecision = 2.220446049250313e-16;

    /// <summary>Σe², then Σt and Σt² of each column.</summary>
    public override int SumCount => 1 + 2 * outputs;

    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums)
    {
        for (var i = 0; i < prediction.Length; i++)
        {
            double value = target[i];
            var error = prediction[i] - value;
            sums[0] += error * error;
            sums[1 + 2 * i] += value;
            sums[2 + 2 * i] += value * value;
        }
    }

    public override double Finish(ReadOnlySpan<double> sums, double samples)
    {
        var variation = 0.0;
        for (var i = 0; i < outputs; i++)
        {
            var (sum, squares) = (sums[1 + 2 * i], sums[2 + 2 * i]);

            // Below the rounding of the squares' sum, the difference is noise: these targets do not vary.
            var column = squares - sum * sum / samples;
            if (column > squares * samples * DoublePrecision)
                variation += column;
        }

        return variation > 0 ? 1 - sums[0] / variation : sums[0] == 0 ? 1 : 0;
    }
}
