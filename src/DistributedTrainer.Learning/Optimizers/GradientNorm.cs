using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The gradient's Euclidean norm: squares summed in double over blocks of <see cref="ParameterLayout.BlockLength"/> parameters, element i
/// of a block in lane i mod 8; then over all blocks along the tree of <see cref="Penalty.Fold"/>. A float32's square is exact in double,
/// so that a fused addition is the same.
/// </summary>
public static unsafe class GradientNorm
{
    private const double Least = 1e-6;

    /// <summary>min(1, limit / (norm + 1e-6)); NaN where the norm is.</summary>
    /// <param name="limit">Of the norm.</param>
    /// <param name="blockSums">Of all blocks of the trained parameters.</param>
    public static float Factor(double limit, ReadOnlySpan<double> blockSums)
    {
        var factor = limit / (Math.Sqrt(Penalty.Fold(blockSums)) + Least);
        return factor >= 1 ? 1 : (float)factor;
    }

    /// <summary>The sum of the squares of a block's elements, 4,096 or fewer.</summary>
    internal static double SquareSum(float* gradient, int length)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var index = 0;
        for (; index <= length - 8; index += 8)
        {
            var (first, second) = Vector256.Widen(Vector256.Load(gradient + index));
            low += first * first;
            high += second * second;
        }

        var lanes = stackalloc double[8];
        low.Store(lanes);
        high.Store(lanes + 4);
        for (var lane = 0; index + lane < length; lane++)
            lanes[lane] += (double)gradient[index + lane] * gradient[index + lane];
        return lanes[0] + lanes[4] + (lanes[2] + lanes[6]) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));
    }

    /// <summary>Stands in for an optimizer: what it would see as the gradient is written where the new weights would be.</summary>
    internal readonly struct Rule : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(default(Step<TVector>));
    }

    private readonly struct Step<TVector> : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector first, ref TVector second) => gradient;
    }
}
