using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public unsafe class ClippingTests
{
    private static readonly ParameterLayout Layout = new(
    [
        new Parameter("first.weight", [100, 90], 0, IsWeight: true),
        new Parameter("first.bias", [100], 9000, IsWeight: false),
        new Parameter("second.weight", [3], 9100, IsWeight: true),
    ]);

    [Theory]
    [InlineData(0.25, 4, 0.25 / 4.000001)]
    [InlineData(4, 4, 4 / 4.000001)]
    [InlineData(10, 4, 1)]
    public void The_factor_is_that_of_PyTorch(double limit, double norm, double factor) =>
        Assert.Equal((float)factor, GradientNorm.Factor(limit, [norm * norm / 2, norm * norm / 2]));

    [Fact]
    public void A_norm_that_is_no_number_stays_visible() => Assert.True(float.IsNaN(GradientNorm.Factor(1, [double.NaN])));

    /// <summary>The sums of squares are those of mean + penalty, and frozen layers have none.</summary>
    [Fact]
    public void The_norm_is_of_what_the_update_takes()
    {
        using var weights = Filled(index => (index % 7 - 3) / 8f);
        using var gradient = Filled(index => (index * 7919L % 4001 - 2000) / 1000f);
        var spec = new UpdateSpec(new GradientDescent { LearningRate = 1 }) { Penalty = new PenaltySpec(0.5, 0.25), Frozen = ["second"] };
        using var optimizer = new RangeOptimizer(spec, Layout, 0, Layout.Length);
        var squares = new double[Layout.Blocks];
        optimizer.SquareSums(0, Layout.Length, weights.Pointer, gradient.Pointer, 4, squares);
        var expected = 0.0;
        for (var index = 0; index < 9100; index++)
        {
            double g = gradient.Span[index] * 0.25f;
            if (index < 9000)
                g = g + 0.25 * weights.Span[index] + 0.5 * Math.Sign(weights.Span[index]);
            expected += g * g;
        }

        Assert.Equal(expected, Penalty.Fold(squares), expected * 1e-6);
    }

    /// <summary>Wherever the vector is cut, on block borders, the sums are the same bits.</summary>
    [Fact]
    public void No_cut_changes_the_sums()
    {
        using var weights = Filled(index => index % 13 - 6);
        using var gradient = Filled(index => (index * 7919 % 1000 - 500) / 512f);
        var whole = new double[Layout.Blocks];
        var cut = new double[Layout.Blocks];
        var spec = new UpdateSpec(new Adam { LearningRate = 1 }) { Penalty = new PenaltySpec(0, 0.25), Clip = new ClipNorm(1) };
        using var one = new RangeOptimizer(spec, Layout, 0, Layout.Length);
        one.SquareSums(0, Layout.Length, weights.Pointer, gradient.Pointer, 3, whole);
        foreach (var begin in (ReadOnlySpan<int>)[0, ParameterLayout.BlockLength])
        {
            var length = begin == 0 ? ParameterLayout.BlockLength : Layout.Length - begin;
            using var part = new RangeOptimizer(spec, Layout, begin, length);
            part.SquareSums(0, length, weights.Pointer + begin, gradient.Pointer + begin, 3, cut.AsSpan(begin / ParameterLayout.BlockLength));
        }

        Assert.Equal(whole, cut);
    }

    [Fact]
    public void By_norm_every_element_is_multiplied()
    {
        var next = Step(new ClipNorm(1), index => index, clipFactor: 0.5f);
        Assert.Equal(-0.5f * 17, next[17]);
    }

    [Fact]
    public void By_value_each_element_stays_within_the_limit_and_no_number_stays_none()
    {
        var next = Step(new ClipValue(3), index => index == 5 ? float.NaN : index - 50, clipFactor: 1);
        Assert.Equal([3f, 3f, 2f, 0f, -3f], [next[0], next[47], next[48], next[50], next[99]]);
        Assert.True(float.IsNaN(next[5]));
    }

    [Fact]
    public void Frozen_layers_stay_as_they_are()
    {
        using var current = Filled(index => index);
        using var next = new FloatBuffer(Layout.Length);
        using var gradient = Filled(_ => 1);
        var spec = new UpdateSpec(new AdamW { LearningRate = 0.1 }) { Frozen = ["first"] };
        using var optimizer = new RangeOptimizer(spec, Layout, 0, Layout.Length);
        optimizer.Update(current.Pointer, next.Pointer, gradient.Pointer, 1, 0);
        Assert.Equal(current.Span[..9100], next.Span[..9100]);
        Assert.NotEqual(current.Span[9101], next.Span[9101]);
    }

    [Fact]
    public void A_layers_name_is_more_than_a_beginning()
    {
        Assert.True(FrozenLayers.Holds(["first"], Layout.Parameters[1]));
        Assert.False(FrozenLayers.Holds(["fir"], Layout.Parameters[1]));
        Assert.Equal("fir", FrozenLayers.Unknown(["first", "fir"], Layout));
        Assert.Null(FrozenLayers.Unknown(["second"], Layout));
    }

    [Fact]
    public void Decay_may_leave_biases_alone()
    {
        using var current = Filled(_ => 1);
        using var next = new FloatBuffer(Layout.Length);
        using var gradient = Filled(_ => 0);
        using var optimizer = new RangeOptimizer(
            new UpdateSpec(new AdamW { LearningRate = 0.1, WeightDecay = 0.5, DecayOn = DecayOn.Weights }), Layout, 0, Layout.Length);
        optimizer.Update(current.Pointer, next.Pointer, gradient.Pointer, 1, 0);
        Assert.Equal([0.95f, 1f, 0.95f], [next.Span[0], next.Span[9050], next.Span[9101]]);
    }

    /// <summary>e begins with the first weights and then follows, in place as on a backup too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_average_follows_the_weights(bool inPlace)
    {
        using var even = Filled(_ => 1);
        using var odd = new FloatBuffer(Layout.Length);
        using var gradient = Filled(_ => 1);
        using var optimizer = new RangeOptimizer(new UpdateSpec(new GradientDescent { LearningRate = 0.5 }) { AverageDecay = 0.75 }, Layout, 0, Layout.Length);
        var (current, next) = (even, inPlace ? even : odd);
        var (weight, average) = (1f, 1f);
        for (var step = 0; step < 5; step++)
        {
            optimizer.Update(current.Pointer, next.Pointer, gradient.Pointer, 1, step);
            weight -= 0.5f;
            average += 0.25f * (weight - average);
            Assert.All(optimizer.Average!.Span.ToArray(), value => Assert.Equal(average, value));
            (current, next) = (next, current);
        }

        Assert.Same(optimizer.State[^1], optimizer.Average);
    }

    private static float[] Step(ClipSpec clip, Func<int, float> sum, float clipFactor)
    {
        using var current = Filled(_ => 0);
        using var next = new FloatBuffer(Layout.Length);
        using var gradient = Filled(sum);
        using var optimizer = new RangeOptimizer(new UpdateSpec(new GradientDescent { LearningRate = 1 }) { Clip = clip }, Layout, 0, Layout.Length);
        optimizer.Update(
            0, Layout.Length, current.Pointer, next.Pointer, gradient.Pointer, null, new StepSums(0, 1, 1), 0, new StepTerms(0, 1, clipFactor));
        return next.Span.ToArray();
    }

    private static FloatBuffer Filled(Func<int, float> value)
    {
        var buffer = new FloatBuffer(Layout.Length);
        for (var index = 0; index < Layout.Length; index++)
            buffer.Span[index] = value(index);
        return buffer;
    }
}
