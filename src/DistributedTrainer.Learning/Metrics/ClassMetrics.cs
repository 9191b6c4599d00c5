namespace DistributedTrainer.Learning;

/// <summary>The share of rows whose class is among the k largest logits; of equal logits the lowest index counts as larger.</summary>
internal sealed class RankAccuracy(int k) : Metric
{
    public override int SumCount => 1;

    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums)
    {
        if (Rank(prediction, (int)target[0]) < k)
            sums[0]++;
    }

    public override double Finish(ReadOnlySpan<double> sums, double samples) => sums[0] / samples;

    /// <summary>How many classes come before <paramref name="index"/>: 0 for the arg-max. NaN counts as the largest, as there.</summary>
    internal static int Rank(ReadOnlySpan<float> logits, int index)
    {
        var own = logits[index];
        var rank = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var larger = float.IsNaN(logits[i]) ? !float.IsNaN(own) : logits[i] > own;
            var equal = float.IsNaN(logits[i]) ? float.IsNaN(own) : logits[i] == own;
            if (larger || (equal && i < index))
                rank++;
        }

        return rank;
    }
}

/// <summary>The share of rows where the logit is above 0 exactly for class 1.</summary>
internal sealed class BinaryAccuracy : Metric
{
    public override int SumCount => 1;

    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<double> sums)
    {
        if (prediction[0] > 0 == target[0] > 0.5f)
            sums[0]++;
    }

    public override double Finish(ReadOnlySpan<double> sums, double samples) => sums[0] / samples;
}
