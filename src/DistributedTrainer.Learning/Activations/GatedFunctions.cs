using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>x·Φ(x) with Φ the normal distribution function (Hendrycks and Gimpel 2016); derivative Φ(x) + x·φ(x).</summary>
internal readonly struct GeluFunction : ISlopeFunction
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
    public static TVector Forward<TVector>(TVector x, out TVector slope)
        where TVector : struct, IVector<TVector>
    {
        var distribution = Distribution(x);
        slope = Slope(x, distribution);
        return x * distribution;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * Slope(kept, Distribution(kept));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope<TVector>(TVector x, TVector distribution)
        where TVector : struct, IVector<TVector>
    {
        var density = TVector.Broadcast(DensityAtZero) * VectorMath.Exp(TVector.Broadcast(-0.5f) * x * x);
        return TVector.FusedMultiplyAdd(x, density, distribution);
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
internal readonly struct GeluTanhFunction : ISlopeFunction
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
    public static TVector Forward<TVector>(TVector x, out TVector slope)
        where TVector : struct, IVector<TVector>
    {
        var half = TVector.Broadcast(0.5f);
        var tanh = VectorMath.Tanh(Inner(x));
        slope = Slope(x, tanh);
        return x * TVector.FusedMultiplyAdd(half, tanh, half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * Slope(kept, VectorMath.Tanh(Inner(kept)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope<TVector>(TVector x, TVector tanh)
        where TVector : struct, IVector<TVector>
    {
        var (half, one) = (TVector.Broadcast(0.5f), TVector.Broadcast(1));
        var inner = TVector.Broadcast(SqrtTwoOverPi) * TVector.FusedMultiplyAdd(TVector.Broadcast(3 * Cubic) * x, x, one);
        var curve = half * x * TVector.FusedMultiplyAdd(TVector.Negate(tanh), tanh, one) * inner;
        return TVector.FusedMultiplyAdd(half, tanh, half) + curve;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Inner<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => TVector.Broadcast(SqrtTwoOverPi) * x * TVector.FusedMultiplyAdd(TVector.Broadcast(Cubic) * x, x, TVector.Broadcast(1));
}

/// <summary>x·σ(x) (swish; Ramachandran et al. 2017); derivative σ(x)(1 + x(1 − σ(x))).</summary>
internal readonly struct SiluFunction : ISlopeFunction
{
    public static bool KeepsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => x * VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x, out TVector slope)
        where TVector : struct, IVector<TVector>
    {
        var sigmoid = VectorMath.Sigmoid(x);
        slope = Slope(x, sigmoid);
        return x * sigmoid;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => upstream * Slope(kept, VectorMath.Sigmoid(kept));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope<TVector>(TVector x, TVector sigmoid)
        where TVector : struct, IVector<TVector>
    {
        var one = TVector.Broadcast(1);
        return sigmoid * TVector.FusedMultiplyAdd(x, one - sigmoid, one);
    }
}
