namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class PowTests
{
    [Fact]
    public void Special_values_are_those_of_the_standard()
    {
        // Each pair's class (NaN, infinite, zero, ordinary) and sign; ordinary results are left to the error test.
        foreach (var x in Samples.Specials)
        {
            foreach (var y in Samples.Specials)
            {
                var expected = (float)Math.Pow(x, y);
                var found = VectorMath.Pow(x, y);
                if (float.IsFinite(expected) && expected is not (0f or 1f))
                    Assert.True(Ulp.Distance(found, Math.Pow(x, y)) <= 1.1, $"pow({x:G9}, {y:G9}) = {found:G9}, not {expected:G9}.");
                else
                    Samples.AssertSameBits(expected, found, $"pow({x:G9}, {y:G9})");
            }
        }
    }

    [Fact]
    public void Errors_are_at_most_1_1_ulp()
    {
        var size = Samples.Bits(400_000, stream: 8);
        var near = Samples.Between(0.5f, 1.5f, 400_000, stream: 9);
        var exponent = Samples.Between(-110, 110, 800_000, stream: 10);
        for (var i = 0; i < 800_000; i++)
        {
            var x = MathF.Abs(i < 400_000 ? size[i] : near[i - 400_000]);

            // An exponent that keeps most results within the range of float.
            var y = (float)(exponent[i] / Math.Log(x));
            var exact = Math.Pow(x, y);
            var distance = Ulp.Distance(VectorMath.Pow(x, y), exact);
            if (distance > 1.1)
                Assert.Fail($"pow({x:G9}, {y:G9}) is off by {distance:F3} ulp.");
        }
    }

    [Fact]
    public void Whole_powers_of_negative_numbers_have_the_right_sign()
    {
        for (var y = -41; y <= 41; y++)
        {
            var distance = Ulp.Distance(VectorMath.Pow(-1.7f, y), Math.Pow(-1.7f, y));
            Assert.True(distance <= 1.1, $"pow(-1.7, {y}) is off by {distance:F3} ulp.");
        }
    }

    [Fact]
    public void All_widths_give_the_same_bits()
    {
        var specials = Samples.Specials;
        float[] x = [.. specials.SelectMany(_ => specials), .. Samples.Bits(20_000, 11), .. Samples.Between(0, 20, 20_000, 12)];
        float[] y = [.. specials.SelectMany(value => Enumerable.Repeat(value, specials.Length)), .. Samples.Bits(20_000, 13),
            .. Samples.Between(-20, 20, 20_000, 14)];
        var result = new float[x.Length];
        foreach (var width in Samples.Widths)
        {
            fixed (float* px = x, py = y, destination = result)
                Numerics.Elementwise.Map(default(PowFormula), px, py, destination, x.Length, width);
            for (var i = 0; i < x.Length; i++)
                Samples.AssertSameBits(VectorMath.Pow(x[i], y[i]), result[i], $"pow({x[i]:G9}, {y[i]:G9}) at {width}");
        }
    }
}
