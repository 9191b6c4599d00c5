using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DistributedTrainer.Numerics.Tests;

/// <summary>
/// The bits themselves, as written down once: the same on every processor and in every build, or the arithmetic version must
/// grow. Run this with DOTNET_EnableAVX2=0 or DOTNET_EnableHWIntrinsic=0 to see other processors' code give them.
/// </summary>
public sealed class GoldenBitsTests
{
    [Theory]
    [InlineData("exp", "f47bdbee2dd35857")]
    [InlineData("expm1", "2813c7d505416389")]
    [InlineData("log", "14e77c12c1756b90")]
    [InlineData("logp1", "898f7e0455db51e6")]
    [InlineData("tanh", "b288d318bd2b8c65")]
    [InlineData("erf", "b993e13d10d65127")]
    [InlineData("sigmoid", "0941ec073e980737")]
    [InlineData("sin", "651939f12b118741")]
    [InlineData("cos", "3cfd0b8dc3c71671")]
    public void Functions_give_the_bits_of_arithmetic_version_1(string name, string expected)
    {
        float[] x = [.. Samples.Specials, .. Samples.Bits(10_000, stream: 50), .. Samples.Between(-100, 100, 10_000, stream: 51)];
        Assert.Equal(expected, Hash(ElementaryFunction.Of(name).Run(x, VectorPath.Current)));
    }

    [Fact]
    public void Powers_give_the_bits_of_arithmetic_version_1()
    {
        var (x, y) = (Samples.Between(0, 20, 10_000, stream: 52), Samples.Between(-20, 20, 10_000, stream: 53));
        Assert.Equal("3917862ba3d9e0f6", Hash([.. x.Zip(y, VectorMath.Pow)]));
    }

    [Fact]
    public unsafe void Normal_numbers_give_the_bits_of_arithmetic_version_1()
    {
        var x = new float[10_000];
        fixed (float* p = x)
            new Philox(1, RandomPurpose.Initialization).FillNormal(p, x.Length, 1, 2, 3);
        Assert.Equal("c65704a01513ffe0", Hash(x));
    }

    private static string Hash(float[] values)
    {
        var bits = Array.ConvertAll(values, value => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value));
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(bits)))[..16];
    }
}
