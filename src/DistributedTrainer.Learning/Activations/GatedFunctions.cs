using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>x·Φ(x) with Φ the normal distribution function (Hendrycks and Gimpel 2016); derivative Φ(x) + x·φ(x).</summary>
internal readonly struct GeluFunction : IElementFunction
{
    private const float SqrtHalf = 0.70710678f;

    /// <summary>1 / √(2π): the normal density at 0.</summary>
    private const float DensityAtZero = 0.39894228f;

    public static bool KeepsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => x * Distribution(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
    {
        var density = TVector.Broadcast(DensityAtZero) * VectorMath.Exp(TVector.Broadcast(-0.5f) * kept * kept);
        return upstream * TVector.FusedMultiplyAdd(kept, density, Distribution(kept));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Distribution<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var half = TVector.Broadcast(0.5f);
        return TVector.FusedMultiplyAdd(half, VectorMath.Erf(TVector.Broadcast(SqrtHalf) * x), half);
    }
}

/// <summary>½x(1 + tanh u), u = √(2/π)·(x + 0.044715x³): gelu's approximation that GPT-2 was trained with.</summary>
internal readonly struct GeluTanhFunction : IElementFunction
{
    private const float SqrtTwoOverPi = 0.7978846f;
    private const float Cubic = 0.044715f;

    public static bool KeepsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var half = TVector.Broadcast(0.5f);
        return x * TVector.FusedMultiplyAdd(half, VectorMath.Tanh(Inner(x)), half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
    {
        var (half, one) = (TVector.Broadcast(0.5f), TVector.Broadcast(1));
        var tanh = VectorMath.Tanh(Inner(kept));
        var slope = TVector.Broadcast(SqrtTwoOverPi) * TVector.FusedMultiplyAdd(TVector.Broadcast(3 * Cubic) * kept, kept, one);
        var curve = half * kept * TVector.FusedMultiplyAdd(TVector.Negate(tanh), tanh, one) * slope;
        return upstream * (TVector.FusedMultiplyAdd(half, tanh, half) + curve);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Inner<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => TVector.Broadcast(SqrtTwoOverPi) * x * TVector.FusedMultiplyAdd(TVector.Broadcast(Cubic) * x, x, TVector.Broadcast(1));
}

/// <summary>x·σ(x) (swish; Ramachandran et al. 2017); derivative σ(x)(1 + x(1 − σ(x))).</summary>
internal readonly struct SiluFunction : IElementFunction
{
    public static bool KeepsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => x * VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
    {
        var (one, sigmoid) = (TVector.Broadcast(1), VectorMath.Sigmoid(kept));
        return upstream * (sigmoid * TVector.FusedMultiplyAdd(kept, one - sigmoid, one));
    }
}
