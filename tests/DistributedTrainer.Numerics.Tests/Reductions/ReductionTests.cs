namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class ReductionTests
{
    public static TheoryData<VectorWidth> Widths => [.. Samples.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sums_of_every_length_equal_the_reference(VectorWidth width)
    {
        foreach (var n in Lengths())
        {
            var x = Samples.Between(-3, 3, n, stream: 40);
            var y = Samples.Between(-1e-3f, 1e3f, n, stream: 41);
            fixed (float* px = x, py = y)
            {
                Samples.AssertSameBits(ReductionReference.Sum(x), Reduction.Sum(px, n, width), $"sum of {n}");
                Samples.AssertSameBits(ReductionReference.Dot(x, y), Reduction.Dot(px, py, n, width), $"dot of {n}");
                Samples.AssertSameBits(ReductionReference.Max(x), Reduction.Max(px, n, width), $"max of {n}");
                if (n > 0)
                    Assert.Equal(ReductionReference.ArgMax(x), Reduction.ArgMax(px, n, width));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Special_values_anywhere_equal_the_reference(VectorWidth width)
    {
        foreach (var special in Samples.Specials)
        {
            foreach (var n in (int[])[1, 7, 31, 32, 33, 70])
            {
                for (var at = 0; at < n; at += 3)
                {
                    var x = Samples.Between(-1, 1, n, stream: 42);
                    x[at] = special;
                    fixed (float* p = x)
                    {
                        Samples.AssertSameBits(ReductionReference.Sum(x), Reduction.Sum(p, n, width), $"sum of {n}, {special:G9} at {at}");
                        Samples.AssertSameBits(
                            ReductionReference.SumOfSquares(x), Reduction.Dot(p, p, n, width), $"squares of {n}, {special:G9} at {at}");
                        Samples.AssertSameBits(ReductionReference.Max(x), Reduction.Max(p, n, width), $"max of {n}, {special:G9} at {at}");
                        Assert.Equal(ReductionReference.ArgMax(x), Reduction.ArgMax(p, n, width));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void ArgMax_takes_the_lowest_of_equals_and_the_first_NaN(VectorWidth width)
    {
        var x = new float[70];
        x[69] = x[50] = x[33] = 2;
        fixed (float* p = x)
        {
            Assert.Equal(33, Reduction.ArgMax(p, 70, width));
            x[60] = x[40] = float.NaN;
            Assert.Equal(40, Reduction.ArgMax(p, 70, width));
            x.AsSpan().Fill(float.NegativeInfinity);
            Assert.Equal(0, Reduction.ArgMax(p, 70, width));
        }
    }

    [Fact]
    public void The_order_of_additions_is_the_documented_one()
    {
        // Lane 0 takes elements 0 and 32, lane 16 element 16: (1e8 + 1) loses the 1, then −1e8 leaves 0. A sum from left to
        // right would find 1.
        var x = new float[33];
        (x[0], x[16], x[32]) = (1e8f, -1e8f, 1f);
        fixed (float* p = x)
        {
            Assert.Equal(0f, Reduction.Sum(p, 33));
            Assert.Equal(0f, Reduction.Sum(p, 0));
            Assert.Equal(float.NegativeInfinity, Reduction.Max(p, 0));
        }
    }

    [Fact]
    public void ArgMax_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Reduction.ArgMax(null, 0));

    private static IEnumerable<int> Lengths() => [.. Enumerable.Range(0, 71), 1000, 4096, 10_007];
}
