using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>How sure a classifier is of a row.</summary>
public static class Confidence
{
    /// <summary>The most likely class and its softmax probability, 1 / Σ e^(x_j − max), in double. Of equal logits the lowest index wins.</summary>
    /// <param name="logits">One a class.</param>
    /// <returns>Class −1 where a logit is not a number.</returns>
    public static (int Class, double Probability) Of(ReadOnlySpan<float> logits)
    {
        var largest = 0;
        foreach (var logit in logits)
        {
            if (float.IsNaN(logit))
                return (-1, 0);
        }

        for (var i = 1; i < logits.Length; i++)
            largest = logits[i] > logits[largest] ? i : largest;
        var sum = 0.0;
        foreach (var logit in logits)
            sum += DoubleMath.Exp((double)logit - logits[largest]);
        return (largest, 1 / sum);
    }
}
