namespace DistributedTrainer.Numerics.Tests;

/// <summary>The widths and the values that every kernel is tried with.</summary>
internal static class Samples
{
    public static readonly VectorWidth[] Widths = [VectorWidth.Scalar, VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512];

    /// <summary>Zeros, infinities, NaN, subnormals, the borders of float, of int and of the functions' ranges; with both signs.</summary>
    public static readonly float[] Specials = WithBothSigns(
    [
        0f, float.Epsilon, 3 * float.Epsilon, 1e-40f, 1.17549421e-38f, 1.17549435e-38f, 1e-30f, 1e-10f, 5.96046448e-8f, 0.25f, 0.5f,
        0.624999940f, 0.625f, 0.666666687f, 0.921875f, 0.99999994f, 1f, 1.00000012f, 1.33333337f, 1.5f, 1.57079637f, 2f, 2.5f, 3f,
        3.14159274f, 3.93f, 9.01f, 10f, 17f, 20f, 87.3365479f, 88.7228394f, 88.72284f, 103.972076f, 103.972084f, 104f, 65_535.996f,
        65_536f, 8_388_607.5f, 16_777_215f, 16_777_216f, 2_147_483_520f, 2_147_483_648f, 1e20f, 3.40282347e38f,
        float.PositiveInfinity, float.NaN,
    ]);

    /// <summary>Floats of all exponents and signs, NaN and infinity among them: random bits.</summary>
    public static float[] Bits(int count, uint stream) =>
        Array.ConvertAll(Words(count, stream), BitConverter.UInt32BitsToSingle);

    /// <summary>Floats spread evenly over an interval.</summary>
    public static float[] Between(float least, float greatest, int count, uint stream) =>
        Array.ConvertAll(Words(count, stream), word => (float)(least + (((double)greatest - least) * (word / 4294967296.0))));

    public static uint[] Words(int count, uint stream)
    {
        var words = new uint[count];
        for (var i = 0; i < count; i++)
            words[i] = PhiloxBlock.Encrypt((uint)i, stream, 0, 0, 0x7e57, 0).Word0;
        return words;
    }

    /// <summary>Equal bits, any NaN being equal to any other; zeros by their sign too.</summary>
    public static bool SameBits(float left, float right) =>
        (float.IsNaN(left) && float.IsNaN(right)) || BitConverter.SingleToInt32Bits(left) == BitConverter.SingleToInt32Bits(right);

    public static void AssertSameBits(float expected, float actual, string where) =>
        Assert.True(SameBits(expected, actual), $"{where}: expected {expected:G9}, found {actual:G9}.");

    private static float[] WithBothSigns(float[] values) => [.. values, .. values.Select(value => -value)];
}
