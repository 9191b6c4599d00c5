namespace DistributedTrainer.Learning;

/// <summary>
/// Running mean and variance of channels: not trained, but a part of the state like the parameters, behind which they lie. In a gradient
/// vector their places hold the batch's own moments on their way up the reduction tree: the mean over a slot's rows, and the squared
/// deviations' sum per position. Two slots are joined by the rule of Chan, Golub and LeVeque (1979), which needs their numbers of rows only.
/// </summary>
/// <param name="Mean">(channels); in a gradient vector the slot's mean.</param>
/// <param name="Variance">(channels); in a gradient vector Σ (x − mean)² / positions.</param>
/// <param name="Positions">Values of a channel in one row.</param>
/// <param name="Momentum">How far a step moves the running value towards the batch's.</param>
public sealed record RunningMoments(Parameter Mean, Parameter Variance, int Positions, double Momentum)
{
    /// <summary>left ← left and right together. Pointers are to whole vectors.</summary>
    public unsafe void Merge(float* left, long leftRows, float* right, long rightRows)
    {
        var rows = (double)(leftRows + rightRows);
        for (var channel = 0; channel < Mean.Length; channel++)
        {
            var (mean, deviation) = (Mean.Offset + channel, Variance.Offset + channel);
            var apart = (double)right[mean] - left[mean];
            left[mean] = (float)(left[mean] + apart * (rightRows / rows));
            left[deviation] = (float)((double)left[deviation] + right[deviation] + apart * apart * (leftRows * (rightRows / rows)));
        }
    }

    /// <summary>The running values after a step: moved towards the batch's mean and its variance (of n − 1, as PyTorch's).</summary>
    public unsafe void Update(float* current, float* next, float* batch, long rows)
    {
        var scale = Positions / Math.Max(1, (double)rows * Positions - 1);
        for (var channel = 0; channel < Mean.Length; channel++)
        {
            var (mean, variance) = (Mean.Offset + channel, Variance.Offset + channel);
            next[mean] = (float)(current[mean] + Momentum * (batch[mean] - (double)current[mean]));
            next[variance] = (float)(current[variance] + Momentum * (batch[variance] * scale - current[variance]));
        }
    }
}
