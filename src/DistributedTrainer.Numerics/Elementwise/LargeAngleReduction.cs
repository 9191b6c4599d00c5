namespace DistributedTrainer.Numerics;

/// <summary>
/// Reduction of large angles modulo π/2 with as many bits of 2/π as the angle's exponent asks for, in integers.
/// M. Payne, R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983).
/// </summary>
internal static class LargeAngleReduction
{
    private const int FractionBits = 94;
    private const double HalfPi = 1.5707963267948966;

    // 2/π as a binary fraction, 32 bits a word, after one word of zeros for the bits left of the point.
    private static ReadOnlySpan<uint> TwoOverPi =>
    [
        0, 0xa2f9_836e, 0x4e44_1529, 0xfc27_57d1, 0xf534_ddc0, 0xdb62_9599, 0x3c43_9041, 0xfe51_63ab, 0xdebb_c561,
    ];

    /// <summary>x = k·π/2 + r with |r| ≤ π/4, for |x| ≥ 2⁸; NaN when x is infinite or NaN. k modulo 4 in <paramref name="quadrant"/>.</summary>
    public static float Reduce(float x, out int quadrant)
    {
        quadrant = 0;
        if (!float.IsFinite(x))
            return float.NaN;

        // |x| = mantissa · 2^exponent. Bits of 2/π that weigh 4 or more after the shift only add whole turns: skip them.
        var bits = BitConverter.SingleToInt32Bits(x);
        var mantissa = (uint)(bits & 0x7f_ffff) | 0x80_0000u;
        var exponent = ((bits >> 23) & 0xff) - 150;
        var first = exponent - 2 + 32;
        var word = first / 32;
        var window = new UInt128(
            ((ulong)TwoOverPi[word] << 32) | TwoOverPi[word + 1],
            ((ulong)TwoOverPi[word + 2] << 32) | TwoOverPi[word + 3]);
        window = (window << (first % 32)) >> 32;

        // The product modulo 2⁹⁶: two bits of quadrant, then the fraction of a quadrant.
        var product = (window * mantissa) & ((UInt128.One << 96) - 1);
        var turns = (product + (UInt128.One << (FractionBits - 1))) >> FractionBits;
        var rest = (Int128)product - (Int128)(turns << FractionBits);
        var r = (float)((long)(rest >> 32) * (HalfPi / (1L << (FractionBits - 32))));
        quadrant = x < 0 ? -(int)turns : (int)turns;
        return x < 0 ? -r : r;
    }
}
