namespace DistributedTrainer.Learning;

/// <summary>Hears of a backward pass while it runs, so that finished gradients can be sent while earlier layers are still computed.</summary>
public interface IGradientObserver
{
    /// <summary>The loss sums of all slots are known; <paramref name="losses"/> has one loss a row.</summary>
    void LossKnown(ReadOnlySpan<float> losses);

    /// <summary>Every slot's gradient is final from this element of the parameter vector to its end.</summary>
    void FinalFrom(int element);
}
