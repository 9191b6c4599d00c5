using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class RangeOptimizerTests
{
    private static readonly ParameterLayout Layout = new(
    [
        new Parameter("a.weight", [61, 83], 0, IsWeight: true),
        new Parameter("a.bias", [61], 5063, IsWeight: false),
        new Parameter("b.weight", [63, 61], 5124, IsWeight: true),
        new Parameter("b.bias", [63], 8967, IsWeight: false),
    ]);

    public static TheoryData<OptimizerSpec> Optimizers =>
    [
        new GradientDescent { LearningRate = 0.03 },
        new GradientDescent { LearningRate = 0.03, Momentum = 0.9 },
        new GradientDescent { LearningRate = 0.03, Momentum = 0.9, Nesterov = true },
        new Adam { LearningRate = 0.01 },
        new AdamW { LearningRate = 0.01, WeightDecay = 0.1 },
        new RmsProp { LearningRate = 0.01 },
        new Adagrad { LearningRate = 0.01 },
    ];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void BitsDoNotDependOnRanges(OptimizerSpec optimizer)
    {
        foreach (var penalty in (PenaltySpec[])[default, new(1e-3, 1e-2)])
        {
            var whole = Train(optimizer, penalty, [0, Layout.Length]);
            Assert.Equal(whole, Train(optimizer, penalty, [0, 4096, 8192, Layout.Length]));
            Assert.Equal(whole, Train(optimizer, penalty, [0, 1, 7, 5063, 5064, 5130, 8999, Layout.Length]));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void CurrentVersionStaysAsItIs(OptimizerSpec optimizer)
    {
        using FloatBuffer current = Random(1), next = new(Layout.Length), gradient = Random(2);
        var before = current.Span.ToArray();
        using var range = new RangeOptimizer(optimizer, default, Layout, 0, Layout.Length);
        range.Update(current.Pointer, next.Pointer, gradient.Pointer, 3, 0);
        Assert.Equal(before, current.Span.ToArray());
        Assert.NotEqual(before, next.Span.ToArray());
    }

    [Fact]
    public void PenaltyMovesWeightsOnly()
    {
        using FloatBuffer weights = Random(1), gradient = new(Layout.Length);
        var before = weights.Span.ToArray();
        using var range = new RangeOptimizer(new GradientDescent { LearningRate = 1 }, new(0.25, 0.5), Layout, 0, Layout.Length);
        range.Update(weights.Pointer, weights.Pointer, gradient.Pointer, 1, 0);
        foreach (var parameter in Layout.Parameters)
        {
            for (var i = parameter.Offset; i < parameter.Offset + parameter.Length; i++)
            {
                var expected = parameter.IsWeight ? before[i] - (0.25 * Math.Sign(before[i]) + 0.5 * before[i]) : before[i];
                Assert.Equal(expected, weights.Span[i], 1e-6);
            }
        }
    }

    [Fact]
    public void MeanIsTheSumTimesTheReciprocal()
    {
        using FloatBuffer weights = new(Layout.Length), gradient = Random(2);
        using var range = new RangeOptimizer(new GradientDescent { LearningRate = 1 }, default, Layout, 0, Layout.Length);
        range.Update(weights.Pointer, weights.Pointer, gradient.Pointer, 7, 0);
        for (var i = 0; i < Layout.Length; i++)
            Assert.Equal(-(gradient.Span[i] * (float)(1.0 / 7)), weights.Span[i]);
    }

    [Fact]
    public void AResumedStepContinuesTheChain()
    {
        var (adam, steps) = (new Adam { LearningRate = 0.01 }, 40);
        var straight = Train(adam, default, [0, Layout.Length], steps);
        Assert.Equal(straight, Train(adam, default, [0, Layout.Length], steps, restartAt: 23));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-1f)]
    public void MomentsEndAtZeroInsteadOfSubnormals(float sign)
    {
        using FloatBuffer weights = Random(1), gradient = new(Layout.Length);
        using var adam = new RangeOptimizer(new Adam { LearningRate = 0.01 }, default, Layout, 0, Layout.Length);
        adam.State[0].Span.Fill(sign * 1.2e-38f);
        adam.State[1].Span.Fill(1.1754944e-38f);
        adam.Update(weights.Pointer, weights.Pointer, gradient.Pointer, 1, 100);
        foreach (var moment in adam.State)
            Assert.All(moment.Span.ToArray(), value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void NotANumberPassesOn(OptimizerSpec optimizer)
    {
        using FloatBuffer weights = Random(1), gradient = Random(2);
        gradient.Span[5] = float.NaN;
        using var range = new RangeOptimizer(optimizer, new(1e-3, 1e-3), Layout, 0, Layout.Length);
        range.Update(weights.Pointer, weights.Pointer, gradient.Pointer, 1, 0);
        Assert.True(float.IsNaN(weights.Span[5]));
        Assert.False(float.IsNaN(weights.Span[4]));
    }

    [Fact]
    public void RefusesARangeOutsideTheLayout() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new RangeOptimizer(new Adam { LearningRate = 0.01 }, default, Layout, Layout.Length - 3, 4));

    [Theory, InlineData(0, 0), InlineData(1e-3, 1e-2)]
    public void PartsWithTheLastAdditionPendingGiveTheBitsOfTheWhole(double l1, double l2)
    {
        var penalty = new PenaltySpec(l1, l2);
        using var weights = Random(1);
        using var inParts = Random(1);
        using var whole = new RangeOptimizer(new Adam { LearningRate = 0.01 }, penalty, Layout, 0, Layout.Length);
        using var parts = new RangeOptimizer(new Adam { LearningRate = 0.01 }, penalty, Layout, 0, Layout.Length);
        int[] borders = [0, Layout.Length / 3, Layout.Length / 2 + 1, Layout.Length];
        for (var step = 0; step < 4; step++)
        {
            using var left = Random(10 + (uint)step);
            using var right = Random(20 + (uint)step);
            foreach (var (begin, end) in borders.Zip(borders[1..]).Reverse())
            {
                parts.Update(
                    begin, end - begin, inParts.Pointer + begin, inParts.Pointer + begin, left.Pointer + begin, right.Pointer + begin,
                    new StepSums(0, 17, 17), 0, new StepTerms(step, 0.01));
            }

            using var sum = Random(10 + (uint)step);
            for (var i = 0; i < sum.Length; i++)
                sum.Span[i] += right.Span[i];
            whole.Update(weights.Pointer, weights.Pointer, sum.Pointer, 17, step);
        }

        Assert.Equal(Bits.Of(weights.Span), Bits.Of(inParts.Span));
    }

    private static int[] Train(OptimizerSpec optimizer, PenaltySpec penalty, int[] borders, int steps = 6, int? restartAt = null)
    {
        using var weights = Random(1);
        var ranges = Ranges();
        for (var step = 0; step < steps; step++)
        {
            if (step == restartAt)
            {
                var resumed = Ranges();
                foreach (var (from, to) in ranges.Zip(resumed))
                {
                    foreach (var (saved, restored) in from.State.Zip(to.State))
                        saved.Span.CopyTo(restored.Span);
                    from.Dispose();
                }

                ranges = resumed;
            }

            using var gradient = Random(100 + (uint)step);
            foreach (var (range, begin) in ranges.Zip(borders))
                range.Update(weights.Pointer + begin, weights.Pointer + begin, gradient.Pointer + begin, 17, step);
        }

        ranges.ForEach(range => range.Dispose());
        return Bits.Of(weights.Span);

        List<RangeOptimizer> Ranges() =>
            [.. borders.Zip(borders.Skip(1), (begin, end) => new RangeOptimizer(optimizer, penalty, Layout, begin, end - begin))];
    }

    private static FloatBuffer Random(uint stream)
    {
        var buffer = new FloatBuffer(Layout.Length);
        new Philox(7, RandomPurpose.BenchmarkData).FillNormal(buffer.Pointer, buffer.Length, stream, 0, 0);
        return buffer;
    }
}
