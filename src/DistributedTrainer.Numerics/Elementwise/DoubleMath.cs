namespace DistributedTrainer.Numerics;

/// <summary>
/// Elementary functions of one double, for schedules and other decisions taken once a step: they must not call the C library,
/// whose results differ by processor. Series instead of fitted polynomials, because here simplicity is worth more than speed.
/// </summary>
public static class DoubleMath
{
    // A constant and what its rounding lost.
    private const double Ln2High = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;
    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiLow = 6.123233995736766e-17;
    private const double GreatestAngle = 1 << 30;

    /// <summary>eˣ. Error ≤ 2 ulp.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 710)
            return double.PositiveInfinity;
        if (x < -746)
            return 0;
        var n = Round(x / Ln2High);
        var f = Math.FusedMultiplyAdd(-n, Ln2Low, Math.FusedMultiplyAdd(-n, Ln2High, x));

        // Taylor to f¹⁴: the next term is below 2⁻⁶² for |f| ≤ ½ ln 2.
        var sum = 1.0;
        for (var k = 14; k >= 1; k--)
            sum = Math.FusedMultiplyAdd(f / k, sum, 1);

        // Two powers of two, since 2¹⁰²⁴ is no double and a subnormal result shall be rounded once.
        var half = (int)n >> 1;
        return sum * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>Natural logarithm. Error ≤ 2 ulp; −∞ at zero, NaN below.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;
        var scaled = x < 2.2250738585072014e-308 ? x * (1L << 54) : x;
        var bits = BitConverter.DoubleToInt64Bits(scaled);

        // x = m·2ⁿ with m in [2/3, 4/3): the bits of 2/3 decide the exponent.
        var exponent = (bits - 0x3fe5_5555_5555_5555) >> 52;
        var above = BitConverter.Int64BitsToDouble(bits - (exponent << 52)) - 1;
        double n = scaled == x ? exponent : exponent - 54;

        // ln m = 2·atanh(q) = 2q + 2q³(1/3 + q²/5 + …), |q| ≤ 1/5; 2q = f − f·q keeps the leading term free of rounding.
        var q = above / (2 + above);
        var square = q * q;
        var sum = 0.0;
        for (var k = 25; k >= 3; k -= 2)
            sum = Math.FusedMultiplyAdd(sum, square, 2.0 / k);
        var rest = q * (square * sum - above);
        return Math.FusedMultiplyAdd(n, Ln2High, above + Math.FusedMultiplyAdd(n, Ln2Low, rest));
    }

    /// <summary>xʸ for x ≥ 0. The relative error is at most (|y·ln x| + 2)·2⁻⁵¹; 1 where y is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is negative.</exception>
    public static double Pow(double x, double y)
    {
        if (x < 0)
            throw new ArgumentOutOfRangeException(nameof(x), x, "A power of a negative base is not supported.");
        return y == 0 || x == 1 ? 1 : Exp(y * Log(x));
    }

    /// <summary>Sine of an angle in radians. Error ≤ 2 ulp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The angle is beyond ±2³⁰ or NaN.</exception>
    public static double Sin(double x) => SinOfQuadrants(x, 0);

    /// <summary>Cosine of an angle in radians. Error ≤ 2 ulp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The angle is beyond ±2³⁰ or NaN.</exception>
    public static double Cos(double x) => SinOfQuadrants(x, 1);

    private static double SinOfQuadrants(double x, int more)
    {
        if (!(Math.Abs(x) <= GreatestAngle))
            throw new ArgumentOutOfRangeException(nameof(x), x, "The angle must lie within ±2³⁰ radians.");
        var turns = Round(x / HalfPiHigh);
        var r = Math.FusedMultiplyAdd(-turns, HalfPiLow, Math.FusedMultiplyAdd(-turns, HalfPiHigh, x));
        var quadrant = (int)turns + more;

        // Taylor series of sin r / r or cos r in r² to r²⁰, |r| ≤ π/4.
        var square = r * r;
        var odd = (quadrant & 1) == 0;
        var sum = 1.0;
        for (var k = 20; k >= 2; k -= 2)
            sum = Math.FusedMultiplyAdd(-square / (odd ? k * (k + 1) : k * (k - 1)), sum, 1);
        var value = odd ? r * sum : sum;
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>The nearest integer, of two the even one, for |x| below 2⁵¹: adding 1.5·2⁵² leaves no bits for a fraction.</summary>
    private static double Round(double x) => x + 6_755_399_441_055_744.0 - 6_755_399_441_055_744.0;

    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((n + 1023L) << 52);
}
