using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

public static partial class VectorMath
{
    /// <summary>xʸ. Error ≤ 1.1 ulp; all special values as in IEEE 754-2019, 9.2 (1 where x is 1 or y is 0, even beside NaN).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pow<TVector>(TVector x, TVector y)
        where TVector : struct, IVector<TVector>
    {
        var zero = TVector.Zero;
        var one = TVector.Broadcast(1f);
        var nan = TVector.Broadcast(float.NaN);
        var infinity = TVector.Broadcast(float.PositiveInfinity);
        var magnitude = TVector.Abs(x);

        // |x|ʸ = e^(y·ln |x|), the exponent as a sum of two floats; its low half means nothing once the high one overflows.
        var logHigh = LogAsSum(magnitude, out var logLow);
        var high = y * logHigh;
        var low = TVector.FusedMultiplyAdd(y, logHigh, TVector.Negate(high)) + y * logLow;
        low = TVector.Select(TVector.LessThan(TVector.Abs(high), TVector.Broadcast(110f)), low, zero);
        var power = ExpOfSum(high, low);

        // |x| of 0, 1 or ∞.
        var isInfinite = TVector.Equal(magnitude, infinity);
        var isZero = TVector.Equal(magnitude, zero);
        var grows = TVector.Xor(isZero, TVector.LessThan(zero, y));
        power = TVector.Select(TVector.Or(isZero, isInfinite), TVector.And(grows, infinity), power);
        power = TVector.Select(TVector.Equal(magnitude, one), one, power);

        // A negative x: an odd y keeps the sign, a fraction has no real power. From 2²⁴ on every float is even.
        var size = TVector.Abs(y);
        var integer = TVector.TruncateToBits(y);
        var isHuge = TVector.LessThanOrEqual(TVector.Broadcast(16_777_216f), size);
        var isWhole = TVector.Or(isHuge, TVector.Equal(TVector.ConvertBitsToFloat(integer), y));
        var oddSign = TVector.And(TVector.ShiftLeftBits(integer, 31), Not(isHuge));
        power = TVector.Or(power, TVector.And(TVector.And(x, oddSign), TVector.And(isWhole, TVector.BroadcastBits(SignMask))));
        var isNegative = TVector.And(TVector.LessThan(x, zero), Not(isInfinite));
        power = TVector.Select(TVector.And(isNegative, Not(isWhole)), nan, power);

        power = TVector.Select(TVector.Or(IsNaN(x), IsNaN(y)), nan, power);
        return TVector.Select(TVector.Or(TVector.Equal(x, one), TVector.Equal(y, zero)), one, power);
    }

    /// <summary>ln x as the sum of two floats, about 2⁻³² apart from the real value, for finite x above zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogAsSum<TVector>(TVector x, out TVector low)
        where TVector : struct, IVector<TVector>
    {
        var one = TVector.Broadcast(1f);
        var two = TVector.Broadcast(2f);
        var m = SplitExponent(x, out var exponent);

        // ln m = 2·atanh(q), q = (m − 1) / (m + 1) as a sum.
        var above = m - one;
        var reciprocal = one / (m + one);
        var q = reciprocal * above;
        var negated = TVector.Negate(q);
        var qLow = reciprocal * TVector.FusedMultiplyAdd(negated, above, TVector.FusedMultiplyAdd(negated, two, above));

        // atanh q = q + q·s·(1/3 + s·R(s)), s = q²: the part in brackets and its products as sums too.
        var s = q * q;
        var sLow = TVector.FusedMultiplyAdd(q, q, TVector.Negate(s)) + two * q * qLow;
        var r = TVector.Broadcast(0.119466975f);
        r = Horner(r, s, 0.142622396f);
        r = Horner(r, s, 0.20000203f);
        r *= s;
        var third = TVector.Broadcast(0.333333343f);
        var bracket = third + r;
        var bracketLow = r - (bracket - third) + TVector.Broadcast(-9.93410776e-9f);
        var v = Product(s, sLow, bracket, bracketLow, out var vLow);
        var w = Product(v, vLow, q, qLow, out var wLow);

        // exponent·ln 2 + 2q + 2w, each sum with what its rounding lost.
        var whole = exponent * TVector.Broadcast(Ln2High);
        var first = whole + two * q;
        var firstLow = two * q - (first - whole);
        var second = first + two * w;
        var secondLow = two * w - (second - first);
        var rest = TVector.FusedMultiplyAdd(exponent, TVector.Broadcast(Ln2Low), two * (qLow + wLow)) + firstLow + secondLow;
        var high = second + rest;
        low = rest - (high - second);
        return high;
    }

    /// <summary>(left + leftLow)·(right + rightLow) as a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Product<TVector>(TVector left, TVector leftLow, TVector right, TVector rightLow, out TVector low)
        where TVector : struct, IVector<TVector>
    {
        var product = left * right;
        low = TVector.FusedMultiplyAdd(left, right, TVector.Negate(product));
        low = TVector.FusedMultiplyAdd(left, rightLow, low);
        low = TVector.FusedMultiplyAdd(leftLow, right, low);
        return product;
    }
}
