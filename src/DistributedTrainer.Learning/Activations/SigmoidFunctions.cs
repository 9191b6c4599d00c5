using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>σ(x) = 1 / (1 + e^−x), with derivative y(1 − y).</summary>
internal readonly struct SigmoidFunction : IElementFunction
{
    public static bool KeepsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * (kept * (TVector.Broadcast(1) - kept));
}

/// <summary>tanh(x), with derivative 1 − y².</summary>
internal readonly struct TanhFunction : IElementFunction
{
    public static bool KeepsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * TVector.FusedMultiplyAdd(TVector.Negate(kept), kept, TVector.Broadcast(1));
}

/// <summary>log(1 + e^x), with derivative σ(x).</summary>
internal readonly struct SoftplusFunction : IElementFunction
{
    public static bool KeepsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Logistic.Softplus(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * VectorMath.Sigmoid(kept);
}
