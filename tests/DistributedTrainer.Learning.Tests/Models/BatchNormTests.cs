using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class BatchNormTests
{
    private const int Channels = 3;
    private const int Positions = 4;

    [Fact]
    public void RunningMomentsAreThoseOfAllRowsWhateverTheSlices()
    {
        float[] x = [.. Enumerable.Range(0, 12 * Channels * Positions).Select(i => 3 + (i * 37 % 101) * 0.07f)];
        foreach (var slices in (int[][])[[12], [6, 6], [1, 2, 3, 4, 2]])
        {
            using var layer = new LayerAlone(new BatchNorm { Momentum = 0.25 }, [Channels, 2, 2], 12) { Segments = ShardTree.Segments(slices) };
            var moments = layer.Layout.Moments.Single();
            var next = (float[])layer.Parameters.Clone();
            var gradient = layer.ForwardMoments(x);
            fixed (float* current = layer.Parameters, after = next, g = gradient)
                moments.Update(current, after, g, 12);
            for (var channel = 0; channel < Channels; channel++)
            {
                double[] values = [.. Enumerable.Range(0, x.Length).Where(i => i / Positions % Channels == channel).Select(i => (double)x[i])];
                var variance = values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Length - 1);
                Assert.Equal(0.25 * values.Average(), next[moments.Mean.Offset + channel], 1e-5);
                Assert.Equal(0.75 + 0.25 * variance, next[moments.Variance.Offset + channel], 1e-5);
            }
        }
    }

    [Fact]
    public void EvaluationUsesTheRunningMoments()
    {
        using var layer = new LayerAlone(new BatchNorm { Epsilon = 0.5 }, [2], 2) { Training = false };
        var (mean, variance) = (layer.Layout.Moments[0].Mean, layer.Layout.Moments[0].Variance);
        float[] means = [1, -2], variances = [3.5f, 0.75f], weights = [2, 3], biases = [0.5f, 1];
        means.CopyTo(layer.Parameters, mean.Offset);
        variances.CopyTo(layer.Parameters, variance.Offset);
        weights.CopyTo(layer.Parameters, 0);
        biases.CopyTo(layer.Parameters, 2);
        var output = layer.Forward([1, 0, 5, -2]);
        double[] expected = [0.5, 1 + 3 * 2 / Math.Sqrt(1.25), 0.5 + 2 * 4 / 2.0, 1];
        Close.To(expected, output, 1e-6, "output");
    }

    [Fact]
    public void StatisticsLieBehindAllParametersAndTheOptimizerLeavesThemAlone()
    {
        var network = Network.Compile(
            [new Dense(4), new BatchNorm(), new Dense(3), new BatchNorm() { Name = "last" }], new MeanSquaredError(), [4], 3, 0);
        Assert.Equal(
            [
                "dense-1.weight", "dense-1.bias", "batch-norm-1.weight", "batch-norm-1.bias", "dense-2.weight", "dense-2.bias",
                "last.weight", "last.bias", "batch-norm-1.running_mean", "batch-norm-1.running_var", "last.running_mean", "last.running_var",
            ],
            network.Layout.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(network.Layout.TrainedLength + 14, network.Layout.Length);
        Assert.Equal(
            network.Layout.Parameters.Skip(1).Select(parameter => parameter.Offset),
            network.Layout.Parameters.SkipLast(1).Select(parameter => parameter.Offset + parameter.Length));

        using var parameters = new FloatBuffer(network.Layout.Length);
        network.Initialize(parameters.Span, 1);
        using var gradient = new FloatBuffer(network.Layout.Length);
        using var optimizer = new RangeOptimizer(
            new AdamW { LearningRate = 0.1 }, new PenaltySpec(1e-2, 1e-2), network.Layout, 0, network.Layout.Length);
        optimizer.Update(parameters.Pointer, parameters.Pointer, gradient.Pointer, new StepSums(0, 1, 8), 0);
        foreach (var moments in network.Layout.Moments)
        {
            Assert.All(parameters.Span.Slice(moments.Mean.Offset, moments.Mean.Length).ToArray(), value => Assert.Equal(0, value));
            Assert.All(parameters.Span.Slice(moments.Variance.Offset, moments.Mean.Length).ToArray(), value => Assert.Equal(0.9f, value));
        }
    }
}
