using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

public static partial class VectorMath
{
    private const float Ln2 = 0.693147182f;

    // The bits of 2/3: subtracting them before masking the exponent out leaves a mantissa within [2/3, 4/3).
    private const int TwoThirdsBits = 0x3f2a_aaab;

    /// <summary>Natural logarithm. Error ≤ 1 ulp; −∞ at ±0, NaN below zero, +∞ at +∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var one = TVector.Broadcast(1f);
        var m = SplitExponent(x, out var exponent);
        var result = LogNearOne(m - one, exponent);
        return LogSpecials(x, TVector.Zero, result);
    }

    /// <summary>ln(1 + x) without cancellation near zero. Error ≤ 1.5 ulp; −∞ at −1, NaN below it; −0 gives −0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogP1<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var one = TVector.Broadcast(1f);
        var sum = x + one;
        var e = TVector.And(TVector.SubtractBits(sum, TVector.BroadcastBits(TwoThirdsBits)), TVector.BroadcastBits(ExponentMask));

        // f = (1 + x)·2⁻ⁿ − 1 from x itself, with one rounding. 2⁻ⁿ goes over 2²⁻ⁿ because n may be 128.
        var scale = TVector.SubtractBits(TVector.Broadcast(4f), e) * TVector.Broadcast(0.25f);
        var f = TVector.FusedMultiplyAdd(x, scale, scale - one);
        var exponent = TVector.ConvertBitsToFloat(TVector.ShiftRightArithmeticBits(e, 23));
        var result = LogSpecials(x, TVector.Broadcast(-1f), LogNearOne(f, exponent));
        return TVector.Select(TVector.Equal(x, TVector.Zero), x, result);
    }

    /// <summary>x = m·2ⁿ with m in [2/3, 4/3), for finite x above zero, subnormals too; n as a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SplitExponent<TVector>(TVector x, out TVector exponent)
        where TVector : struct, IVector<TVector>
    {
        var subnormal = TVector.LessThan(x, TVector.Broadcast(SmallestNormal));
        var normal = TVector.Select(subnormal, x * TVector.Broadcast(8_388_608f), x);
        var e = TVector.And(TVector.SubtractBits(normal, TVector.BroadcastBits(TwoThirdsBits)), TVector.BroadcastBits(ExponentMask));
        var shifted = TVector.ConvertBitsToFloat(TVector.ShiftRightArithmeticBits(e, 23));
        exponent = shifted - TVector.And(subnormal, TVector.Broadcast(23f));
        return TVector.SubtractBits(normal, e);
    }

    /// <summary>ln(1 + f) + exponent·ln 2, with ln(1 + f) = f + f²·P(f) on |f| ≤ 1/3; the fit's error is 2⁻²⁷.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogNearOne<TVector>(TVector f, TVector exponent)
        where TVector : struct, IVector<TVector>
    {
        var p = TVector.Broadcast(-0.124528609f);
        p = Horner(p, f, 0.140736327f);
        p = Horner(p, f, -0.122779086f);
        p = Horner(p, f, 0.139879331f);
        p = Horner(p, f, -0.166743055f);
        p = Horner(p, f, 0.20011498f);
        p = Horner(p, f, -0.24999921f);
        p = Horner(p, f, 0.333331972f);
        p = Horner(p, f, -0.5f);
        var r = TVector.FusedMultiplyAdd(p, f * f, f);
        return TVector.FusedMultiplyAdd(exponent, TVector.Broadcast(Ln2), r);
    }

    /// <summary>−∞ at the pole, NaN below it and for NaN, +∞ at +∞, else the given result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogSpecials<TVector>(TVector x, TVector pole, TVector result)
        where TVector : struct, IVector<TVector>
    {
        var infinity = TVector.Broadcast(float.PositiveInfinity);
        var ordinary = TVector.And(TVector.LessThan(pole, x), TVector.LessThan(x, infinity));
        var special = TVector.Select(TVector.Equal(x, infinity), infinity, TVector.Broadcast(float.NaN));
        special = TVector.Select(TVector.Equal(x, pole), TVector.Negate(infinity), special);
        return TVector.Select(ordinary, result, special);
    }
}
