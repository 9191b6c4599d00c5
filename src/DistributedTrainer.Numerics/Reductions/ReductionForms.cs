using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

internal readonly unsafe struct SumForm(float* x) : IReduction
{
    public float Identity => 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Take<TVector>(TVector lanes, int index)
        where TVector : struct, IVector<TVector>
        => lanes + TVector.Load(x + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Combine<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>
        => left + right;
}

/// <summary>Products enter their lane by fused multiply-add.</summary>
internal readonly unsafe struct DotForm(float* x, float* y) : IReduction
{
    public float Identity => 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Take<TVector>(TVector lanes, int index)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(TVector.Load(x + index), TVector.Load(y + index), lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Combine<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>
        => left + right;
}

/// <summary>Compare and select; a NaN, once met, stays.</summary>
internal readonly unsafe struct MaxForm(float* x) : IReduction
{
    public float Identity => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Take<TVector>(TVector lanes, int index)
        where TVector : struct, IVector<TVector>
        => VectorMath.Max(lanes, TVector.Load(x + index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Combine<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>
        => VectorMath.Max(left, right);
}
