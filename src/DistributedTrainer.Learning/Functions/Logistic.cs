using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The logistic function and its integral, in forms that neither overflow nor cancel.</summary>
internal static class Logistic
{
    /// <summary>σ(x) = 1 / (1 + e^−x). Where e^−x overflows, the quotient is 0 as it should be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var one = TVector.Broadcast(1);
        return one / (one + VectorMath.Exp(TVector.Negate(x)));
    }

    /// <summary>log(1 + e^x) for x ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogOnePlusExp<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        // The rounding of 1 + e is undone by the factor e / (u - 1) (Kahan; Goldberg 1991, theorem 4).
        var (one, e) = (TVector.Broadcast(1), VectorMath.Exp(x));
        var u = one + e;
        return TVector.Select(TVector.Equal(u, one), e, VectorMath.Log(u) * (e / (u - one)));
    }

    /// <summary>log(1 + e^x) for any x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Signs.Positive(x) + LogOnePlusExp(TVector.Negate(TVector.Abs(x)));
}
