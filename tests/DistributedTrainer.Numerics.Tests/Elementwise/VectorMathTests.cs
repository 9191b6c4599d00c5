namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class VectorMathTests
{
    public static TheoryData<string> Names => ElementaryFunction.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Errors_are_within_the_promise_over_the_whole_range_of_float(string name)
    {
        // An odd stride through all 2³² bit patterns, then the interval in which the functions bend.
        var function = ElementaryFunction.Of(name);
        var x = new float[(1 << 20) + 600_000];
        for (var i = 0; i < 1 << 20; i++)
            x[i] = BitConverter.UInt32BitsToSingle(unchecked((uint)i * 4099u));
        Samples.Between(-110, 110, 200_000, stream: 4).CopyTo(x, 1 << 20);
        Samples.Between(-4, 4, 400_000, stream: 5).CopyTo(x, (1 << 20) + 200_000);

        var found = function.Run(x, VectorPath.Current);
        var (worst, at) = (0.0, 0f);
        for (var i = 0; i < x.Length; i++)
        {
            var distance = Ulp.Distance(found[i], function.Exact(x[i]));
            if (distance > worst)
                (worst, at) = (distance, x[i]);
        }

        Assert.True(worst <= function.Ulps, $"{name}({at:G9}) is off by {worst:F3} ulp; promised are {function.Ulps}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_widths_give_the_same_bits(string name)
    {
        var function = ElementaryFunction.Of(name);
        float[] x = [.. Samples.Specials, .. Samples.Bits(20_000, stream: 6), .. Samples.Between(-100, 100, 20_000, stream: 7)];
        var expected = function.Run(x, VectorWidth.Scalar);
        foreach (var width in Samples.Widths)
        {
            var actual = function.Run(x, width);
            for (var i = 0; i < x.Length; i++)
                Samples.AssertSameBits(expected[i], actual[i], $"{name}({x[i]:G9}) at {width}");
        }
    }

    [Theory]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", -0f, 1f)]
    [InlineData("exp", 88.72284f, float.PositiveInfinity)]
    [InlineData("exp", -103.2789f, 1.401298e-45f)]
    [InlineData("exp", -103.972084f, 0f)]
    [InlineData("exp", -1e30f, 0f)]
    [InlineData("expm1", -0f, -0f)]
    [InlineData("expm1", 1.401298e-45f, 1.401298e-45f)]
    [InlineData("expm1", float.NegativeInfinity, -1f)]
    [InlineData("expm1", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("log", 0f, float.NegativeInfinity)]
    [InlineData("log", float.NaN, float.NaN)]
    [InlineData("log", 1f, 0f)]
    [InlineData("log", -1f, float.NaN)]
    [InlineData("log", -1.401298e-45f, float.NaN)]
    [InlineData("log", 1.401298e-45f, -103.278931f)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("log", float.NegativeInfinity, float.NaN)]
    [InlineData("logp1", -0f, -0f)]
    [InlineData("logp1", -1f, float.NegativeInfinity)]
    [InlineData("logp1", -1.0000001f, float.NaN)]
    [InlineData("logp1", -1.401298e-45f, -1.401298e-45f)]
    [InlineData("logp1", 3.40282347e38f, 88.7228394f)]
    [InlineData("logp1", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("tanh", -0f, -0f)]
    [InlineData("tanh", -1.401298e-45f, -1.401298e-45f)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", 10f, 1f)]
    [InlineData("erf", -0f, -0f)]
    [InlineData("erf", float.PositiveInfinity, 1f)]
    [InlineData("erf", -5f, -1f)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", -0f, 0.5f)]
    [InlineData("sin", -0f, -0f)]
    [InlineData("sin", -1.401298e-45f, -1.401298e-45f)]
    [InlineData("sin", float.PositiveInfinity, float.NaN)]
    [InlineData("cos", -0f, 1f)]
    [InlineData("cos", float.NegativeInfinity, float.NaN)]
    public void Special_values_are_exact(string name, float x, float expected)
    {
        foreach (var width in Samples.Widths)
            Samples.AssertSameBits(expected, ElementaryFunction.Of(name).Run([x], width)[0], $"{name}({x:G9}) at {width}");
    }

    [Fact]
    public void The_logarithm_of_negative_zero_is_that_of_zero() => Assert.Equal(float.NegativeInfinity, VectorMath.Log(-0f));

    [Theory]
    [MemberData(nameof(Names))]
    public void NaN_stays_NaN(string name) => Assert.True(float.IsNaN(ElementaryFunction.Of(name).Run([float.NaN], VectorPath.Current)[0]));

    [Fact]
    public void The_scalar_forms_are_the_vector_forms()
    {
        foreach (var x in Samples.Specials)
        {
            float Vector(string name) => ElementaryFunction.Of(name).Run([x], VectorPath.Current)[0];
            Samples.AssertSameBits(Vector("exp"), VectorMath.Exp(x), $"exp({x:G9})");
            Samples.AssertSameBits(Vector("expm1"), VectorMath.ExpM1(x), $"expm1({x:G9})");
            Samples.AssertSameBits(Vector("log"), VectorMath.Log(x), $"log({x:G9})");
            Samples.AssertSameBits(Vector("logp1"), VectorMath.LogP1(x), $"logp1({x:G9})");
            Samples.AssertSameBits(Vector("tanh"), VectorMath.Tanh(x), $"tanh({x:G9})");
            Samples.AssertSameBits(Vector("erf"), VectorMath.Erf(x), $"erf({x:G9})");
            Samples.AssertSameBits(Vector("sigmoid"), VectorMath.Sigmoid(x), $"sigmoid({x:G9})");
            Samples.AssertSameBits(Vector("sin"), VectorMath.Sin(x), $"sin({x:G9})");
            Samples.AssertSameBits(Vector("cos"), VectorMath.Cos(x), $"cos({x:G9})");
        }
    }
}
