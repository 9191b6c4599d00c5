using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>What becomes of the sums over taps, whichever way they were computed.</summary>
/// <param name="adds">Whether something is added: the output's bias, or in a gradient +0, which makes one zero of both.</param>
/// <param name="isRectified">Whether max(y, 0) follows: NaN passes, and both zeros become +0.</param>
internal readonly struct OutputFinish(bool adds, bool isRectified)
{
    public bool ChangesNothing => !adds && !isRectified;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Of<TVector>(TVector sum, TVector add)
        where TVector : struct, IVector<TVector>
    {
        if (adds)
            sum += add;
        return isRectified ? TVector.SelectLessOrEqual(sum, TVector.Zero, TVector.Zero, sum) : sum;
    }
}
