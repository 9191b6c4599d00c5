using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>A loss that is a sum over elements: its value and derivative for vectors of predictions p and targets t.</summary>
internal interface IElementError
{
    TVector Loss<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>;

    /// <summary>The loss's derivative by p. NaN gives NaN, so that a broken run stops.</summary>
    TVector Gradient<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>;
}

/// <summary>(p − t)².</summary>
internal readonly struct SquaredError : IElementError
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Loss<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => (p - t) * (p - t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => p - t + (p - t);
}

/// <summary>|p − t|; the derivative at 0 is 0.</summary>
internal readonly struct AbsoluteError : IElementError
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Loss<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => TVector.Abs(p - t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => Signs.Of(p - t);
}

/// <summary>½e² where |e| ≤ δ, else δ(|e| − δ/2), with e = p − t.</summary>
internal readonly struct HuberError(float delta) : IElementError
{
    private readonly float _delta = delta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Loss<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
    {
        var (e, delta, half) = (p - t, TVector.Broadcast(_delta), TVector.Broadcast(0.5f));
        var size = TVector.Abs(e);
        return TVector.SelectLess(delta, size, delta * (size - half * delta), half * e * e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
    {
        var (e, delta) = (p - t, TVector.Broadcast(_delta));
        return TVector.SelectLess(delta, TVector.Abs(e), delta * Signs.Of(e), e);
    }
}

/// <summary>−t·log σ(p) − (1 − t)·log(1 − σ(p)) from the logit p, as max(p, 0) − p·t + log(1 + e^−|p|): finite at any finite logit.</summary>
internal readonly struct BinaryLogitError : IElementError
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Loss<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => Signs.Positive(p) - p * t + Logistic.SoftplusBelowZero(TVector.Negate(TVector.Abs(p)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TVector>(TVector p, TVector t)
        where TVector : struct, IVector<TVector>
        => VectorMath.Sigmoid(p) - t;
}
