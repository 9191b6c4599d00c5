using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>How the batch's gradient sum becomes the gradient that the rule sees.</summary>
internal interface IGradientForm
{
    static abstract TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2)
        where TVector : struct, IVector<TVector>;
}

/// <summary>The mean.</summary>
internal readonly struct MeanForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2)
        where TVector : struct, IVector<TVector>
        => sum * scale;
}

/// <summary>Mean + l2·w.</summary>
internal readonly struct RidgeForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(l2, weight, sum * scale);
}

/// <summary>Mean + l2·w + l1·sign(w), rounded in this order.</summary>
internal readonly struct ElasticForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(l1, Signs.Of(weight), RidgeForm.Of(sum, weight, scale, l1, l2));
}
