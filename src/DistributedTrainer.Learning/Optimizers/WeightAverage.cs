using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>e ← e + (1 − d)(w − e), the exponential moving average of the weights (Polyak and Juditsky 1992; d as in Adam's moments).</summary>
internal static unsafe class WeightAverage
{
    /// <param name="average">Is moved towards the weights.</param>
    /// <param name="weights">The new version.</param>
    /// <param name="length">Elements of both.</param>
    /// <param name="rate">1 − d.</param>
    public static void Follow(float* average, float* weights, int length, float rate)
    {
        var kernel = new Kernel(average, weights, length, rate);
        VectorPath.Run(ref kernel);
    }

    private readonly struct Kernel(float* average, float* weights, int length, float rate) : IVectorKernel
    {
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            var rates = TVector.Broadcast(rate);
            var index = 0;
            for (; index <= length - TVector.Count; index += TVector.Count)
                TVector.Store(Moment.Toward(TVector.Load(average + index), TVector.Load(weights + index), rates), average + index);
            for (; index < length; index++)
                average[index] = MathF.FusedMultiplyAdd(rate, weights[index] - average[index], average[index]);
        }
    }
}
