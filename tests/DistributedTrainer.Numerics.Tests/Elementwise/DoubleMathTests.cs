namespace DistributedTrainer.Numerics.Tests;

public sealed class DoubleMathTests
{
    [Fact]
    public void Exp_log_sin_and_cos_are_within_2_ulp()
    {
        foreach (var word in Samples.Words(100_000, stream: 30))
        {
            var unit = word / 4294967296.0;
            AssertClose(Math.Exp((unit - 0.5) * 1400), DoubleMath.Exp((unit - 0.5) * 1400), 2);
            AssertClose(Math.Exp(unit), DoubleMath.Exp(unit), 2);
            AssertClose(Math.Log(unit * 3), DoubleMath.Log(unit * 3), 2);
            AssertClose(Math.Log(unit * 1e300), DoubleMath.Log(unit * 1e300), 2);
            AssertClose(Math.Sin((unit - 0.5) * 20), DoubleMath.Sin((unit - 0.5) * 20), 2);
            AssertClose(Math.Cos((unit - 0.5) * 20), DoubleMath.Cos((unit - 0.5) * 20), 2);
            AssertClose(Math.Cos(unit * 1e9), DoubleMath.Cos(unit * 1e9), 2);
        }
    }

    [Fact]
    public void Pow_is_within_its_promise()
    {
        foreach (var word in Samples.Words(50_000, stream: 31))
        {
            var (x, y) = ((word >> 16) / 6553.6, ((int)(word & 0xffff) - 32768) / 327.68);
            var exact = Math.Pow(x, y);
            if (!double.IsFinite(exact) || exact == 0)
                continue;
            var bound = (Math.Abs(y * Math.Log(x)) + 2) * Math.ScaleB(1, -51);
            Assert.True(Math.Abs(DoubleMath.Pow(x, y) - exact) <= bound * exact, $"pow({x}, {y})");
        }
    }

    [Fact]
    public void Special_values_are_exact()
    {
        Assert.Equal(1, DoubleMath.Exp(0));
        Assert.Equal(double.PositiveInfinity, DoubleMath.Exp(710));
        Assert.Equal(0, DoubleMath.Exp(-750));
        Assert.Equal(double.Epsilon, DoubleMath.Exp(-744.5));
        Assert.True(double.IsNaN(DoubleMath.Exp(double.NaN)));
        Assert.Equal(0, DoubleMath.Log(1));
        Assert.Equal(double.NegativeInfinity, DoubleMath.Log(0));
        Assert.True(double.IsNaN(DoubleMath.Log(-1)));
        Assert.Equal(Math.Log(double.Epsilon), DoubleMath.Log(double.Epsilon));
        Assert.Equal(double.PositiveInfinity, DoubleMath.Log(double.PositiveInfinity));
        Assert.Equal(1, DoubleMath.Cos(0));
        Assert.Equal(-1, DoubleMath.Cos(Math.PI));
        Assert.Equal(1, DoubleMath.Pow(0, 0));
        Assert.Equal(0, DoubleMath.Pow(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => DoubleMath.Pow(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => DoubleMath.Cos(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => DoubleMath.Sin(double.NaN));
    }

    private static void AssertClose(double expected, double found, double ulps)
    {
        var distance = Math.Abs(found - expected) / (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected));
        if (expected != found && !(distance <= ulps))
            Assert.Fail($"Found {found:R} instead of {expected:R}: {distance:F2} ulp.");
    }
}
