using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>left += right, element by element: one addition of the reduction tree.</summary>
public static unsafe class GradientSum
{
    /// <param name="left">Receives the sum.</param>
    /// <param name="right">Stays as it is.</param>
    /// <param name="length">Number of elements.</param>
    public static void Add(float* left, float* right, int length)
    {
        var kernel = new AddKernel(left, right, length);
        VectorPath.Run(ref kernel);
    }

    private readonly struct AddKernel(float* left, float* right, int length) : IVectorKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            var index = 0;
            for (; index <= length - TVector.Count; index += TVector.Count)
                TVector.Store(TVector.Load(left + index) + TVector.Load(right + index), left + index);
            for (; index < length; index++)
                left[index] += right[index];
        }
    }
}
