namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class MapTests
{
    private const float Guard = 12345.678f;

    public static TheoryData<VectorWidth> Widths => [.. Samples.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_is_mapped_element_by_element_and_nothing_past_its_end(VectorWidth width)
    {
        for (var n = 0; n <= 70; n++)
        {
            var x = Samples.Between(-5, 5, n + 1, stream: 20);
            var y = Samples.Between(-5, 5, n + 1, stream: 21);
            var z = Samples.Between(-5, 5, n + 1, stream: 22);
            var (one, two, three) = (new float[n + 1], new float[n + 1], new float[n + 1]);
            one[n] = two[n] = three[n] = Guard;
            fixed (float* px = x, py = y, pz = z, d1 = one, d2 = two, d3 = three)
            {
                Numerics.Elementwise.Map(default(TanhFormula), px, d1, n, width);
                Numerics.Elementwise.Map(default(Ratio), px, py, d2, n, width);
                Numerics.Elementwise.Map(new ScaledSum(3f), px, py, pz, d3, n, width);
            }

            for (var i = 0; i < n; i++)
            {
                Samples.AssertSameBits(VectorMath.Tanh(x[i]), one[i], $"tanh, element {i} of {n}");
                Samples.AssertSameBits(x[i] / y[i], two[i], $"ratio, element {i} of {n}");
                Samples.AssertSameBits(MathF.FusedMultiplyAdd(x[i], y[i], z[i] * 3f), three[i], $"sum, element {i} of {n}");
            }

            Assert.Equal((Guard, Guard, Guard), (one[n], two[n], three[n]));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_destination_may_be_the_source(VectorWidth width)
    {
        var x = Samples.Between(-5, 5, 45, stream: 23);
        var expected = Array.ConvertAll(x, VectorMath.Erf);
        fixed (float* p = x)
            Numerics.Elementwise.Map(default(ErfFormula), p, p, x.Length, width);
        Assert.Equal(expected, x);
    }

    private readonly struct Ratio : IBinaryFormula
    {
        public TVector Apply<TVector>(TVector x, TVector y)
            where TVector : struct, IVector<TVector>
            => x / y;
    }

    private readonly struct ScaledSum(float scale) : ITernaryFormula
    {
        public TVector Apply<TVector>(TVector x, TVector y, TVector z)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(x, y, z * TVector.Broadcast(scale));
    }
}
