using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

public static partial class VectorMath
{
    private const float Log2E = 1.44269502f;

    // ln 2 in two pieces: a multiple of 2⁻¹⁵ and the rest, so that n · Ln2High is exact for |n| < 2⁹.
    private const float Ln2High = 0.693145752f;
    private const float Ln2Low = 1.42860677e-6f;

    /// <summary>eˣ. Error ≤ 1 ulp; subnormal results are rounded once; +∞ above 88.72, +0 below −103.97.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var f = ReduceByLn2(Clamp(x, -105f, 89f), out var n, out var whole);
        return Scale(ExpNearZero(f), n, whole);
    }

    /// <summary>eˣ − 1 without cancellation near zero. Error ≤ 1.5 ulp; −0 gives −0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpM1<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var clamped = Clamp(x, -20f, 89f);
        var f = ReduceByLn2(clamped, out var n, out var whole);

        // e^f − 1 = f + f²·P(f) on |f| ≤ ½ ln 2.
        var p = TVector.Broadcast(1.96666253e-4f);
        p = Horner(p, f, 1.39351748e-3f);
        p = Horner(p, f, 8.3336439e-3f);
        p = Horner(p, f, 4.16664667e-2f);
        p = Horner(p, f, 0.166666657f);
        p = Horner(p, f, 0.5f);
        var r = TVector.FusedMultiplyAdd(p * f, f, f);

        // 2ⁿ(1 + r) − 1, at half its size because 2¹²⁸ is no float.
        var halfScale = PowerOfTwo.Of(TVector.SubtractBits(n, TVector.BroadcastBits(1)));
        var half = TVector.FusedMultiplyAdd(r, halfScale, halfScale - TVector.Broadcast(0.5f));
        var result = TVector.Select(TVector.Equal(whole, TVector.Zero), r, half + half);
        return TVector.Select(TVector.Equal(x, TVector.Zero), x, result);
    }

    /// <summary>e^(high + low), low being a correction of at most an ulp of high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpOfSum<TVector>(TVector high, TVector low)
        where TVector : struct, IVector<TVector>
    {
        var f = ReduceByLn2(Clamp(high, -105f, 89f), out var n, out var whole) + low;
        return Scale(ExpNearZero(f), n, whole);
    }

    /// <summary>eˣ for x ≤ 0, as <see cref="Exp{TVector}(TVector)"/> gives it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpOfNegative<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var f = ReduceByLn2(TVector.GreaterOrRight(TVector.Broadcast(-105f), x), out var n, out var whole);
        return Scale(ExpNearZero(f), n, whole);
    }

    /// <summary>x·2ⁿ for x near 1 and |n| ≤ 252, n as integer bits and as a float; a subnormal is rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Scale<TVector>(TVector x, TVector n, TVector whole)
        where TVector : struct, IVector<TVector>
        => TVector.HasScale ? TVector.Scale(x, whole) : PowerOfTwo.ScaleByBits(x, n);

    /// <summary>eˣ where its result is known to be normal: −87 ≤ x ≤ 88. NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpNormal<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var f = ReduceByLn2(x, out var n, out var whole);
        var e = ExpNearZero(f);
        return TVector.HasScale ? TVector.Scale(e, whole) : e * PowerOfTwo.Of(n);
    }

    /// <summary>x = n·ln 2 + f with |f| ≤ ½ ln 2; n as integer bits and, in <paramref name="whole"/>, as a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ReduceByLn2<TVector>(TVector x, out TVector n, out TVector whole)
        where TVector : struct, IVector<TVector>
    {
        var shift = TVector.Broadcast(RoundingShift);
        var shifted = TVector.FusedMultiplyAdd(x, TVector.Broadcast(Log2E), shift);
        n = TVector.SubtractBits(shifted, shift);
        whole = shifted - shift;
        var f = TVector.FusedMultiplyAdd(whole, TVector.Broadcast(-Ln2High), x);
        return TVector.FusedMultiplyAdd(whole, TVector.Broadcast(-Ln2Low), f);
    }

    /// <summary>e^f = 1 + f + f²·P(f) on |f| ≤ ½ ln 2; the fit's error is 2⁻²⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpNearZero<TVector>(TVector f)
        where TVector : struct, IVector<TVector>
    {
        var p = TVector.Broadcast(1.38366758e-3f);
        p = Horner(p, f, 8.36913846e-3f);
        p = Horner(p, f, 4.16681059e-2f);
        p = Horner(p, f, 0.166665167f);
        p = Horner(p, f, 0.49999994f);
        p = Horner(p, f, 1f);
        return Horner(p, f, 1f);
    }

    /// <summary>x kept within bounds; NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Clamp<TVector>(TVector x, float least, float greatest)
        where TVector : struct, IVector<TVector>
        => TVector.LesserOrRight(TVector.Broadcast(greatest), TVector.GreaterOrRight(TVector.Broadcast(least), x));
}
