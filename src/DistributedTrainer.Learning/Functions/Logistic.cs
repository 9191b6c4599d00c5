using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The integral of the logistic function, in a form that neither overflows nor cancels.</summary>
internal static class Logistic
{
    /// <summary>log(1 + e^x) = max(x, 0) + log(1 + e^−|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Signs.Positive(x) + SoftplusBelowZero(TVector.Negate(TVector.Abs(x)));

    /// <summary>log(1 + e^x) for x ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SoftplusBelowZero<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.LogP1(VectorMath.Exp(x));
}
