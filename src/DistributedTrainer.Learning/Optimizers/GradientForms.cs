using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>How the batch's gradient sum becomes the gradient that the rule sees.</summary>
internal interface IGradientForm
{
    static abstract TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>;
}

/// <summary>The mean.</summary>
internal readonly struct MeanForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>
        => sum * scale;
}

/// <summary>Mean + l2·w.</summary>
internal readonly struct RidgeForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(l2, weight, sum * scale);
}

/// <summary>Mean + l2·w + l1·sign(w), rounded in this order.</summary>
internal readonly struct ElasticForm : IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(l1, Signs.Of(weight), RidgeForm.Of(sum, weight, scale, l1, l2, clip));
}

/// <summary>Another form, times the factor that bounds the whole gradient's norm: a rounding of its own.</summary>
internal readonly struct ScaledForm<TForm> : IGradientForm
    where TForm : struct, IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>
        => TForm.Of(sum, weight, scale, l1, l2, clip) * clip;
}

/// <summary>Another form, each element within ±clip. NaN stays NaN.</summary>
internal readonly struct ClampedForm<TForm> : IGradientForm
    where TForm : struct, IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector sum, TVector weight, TVector scale, TVector l1, TVector l2, TVector clip)
        where TVector : struct, IVector<TVector>
    {
        var gradient = TForm.Of(sum, weight, scale, l1, l2, clip);
        var above = TVector.LessThan(clip, gradient);
        var below = TVector.LessThan(gradient, TVector.Negate(clip));
        return TVector.Select(above, clip, TVector.Select(below, TVector.Negate(clip), gradient));
    }
}
