using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class MetricSetTests
{
    [Fact]
    public void AccuracyAndTopKCountTheLargestLogits()
    {
        float[] logits = [0.1f, 0.7f, 0.2f, 5, 5, 1, -1, -2, -3, 0, 1, 2];
        float[] classes = [1, 1, 2, 0];
        var metrics = new MetricSet([new(MetricKind.Accuracy), new(MetricKind.TopK, 2)], new CrossEntropy(), 3);
        var evaluation = Evaluate(metrics, logits, classes, 3);
        Assert.Equal(["accuracy", "top_2"], evaluation.Metrics.Select(metric => metric.Key));
        Assert.Equal(0.25, evaluation.Metrics[0].Value);
        Assert.Equal(0.5, evaluation.Metrics[1].Value);
    }

    [Theory]
    [InlineData(1f, 3f, 2f)]
    [InlineData(3f, 3f, 2f)]
    [InlineData(2f, 3f, 3f)]
    [InlineData(2f, float.NaN, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(-0f, 0f, -1f)]
    public void RankZeroIsTheArgMax(float first, float second, float third)
    {
        float[] logits = [first, second, third];
        var ranks = Enumerable.Range(0, 3).Select(index => RankAccuracy.Rank(logits, index)).ToArray();
        Assert.Equal([0, 1, 2], ranks.Order());
        fixed (float* pointer = logits)
            Assert.Equal(Reduction.ArgMax(pointer, 3), Array.IndexOf(ranks, 0));
    }

    [Fact]
    public void BinaryAccuracyIsTheLogitsSign()
    {
        var metrics = new MetricSet([new(MetricKind.Accuracy)], new BinaryCrossEntropy(), 1);
        var evaluation = Evaluate(metrics, [0.5f, -0.5f, 0, 2, 3], [1, 1, 0, 0, 0], 1);
        Assert.Equal(0.4, evaluation.Metrics[0].Value, 1e-12);
    }

    [Fact]
    public void ValueMetricsFollowTheirFormulas()
    {
        var metrics = new MetricSet(MetricSet.DefaultFor(new MeanSquaredError()), new MeanSquaredError(), 2);
        var evaluation = Evaluate(metrics, [1, 10, 2, 20, 4, 40], [1, 12, 3, 20, 5, 37], 2);

        // Errors 0 -2, -1 0, -1 3; columns vary by 8 and 326.
        Assert.Equal(["mae", "rmse", "r2"], evaluation.Metrics.Select(metric => metric.Key));
        Assert.Equal(7.0 / 6, evaluation.Metrics[0].Value, 1e-12);
        Assert.Equal(Math.Sqrt(15.0 / 6), evaluation.Metrics[1].Value, 1e-12);
        Assert.Equal(1 - 15.0 / (8 + 326), evaluation.Metrics[2].Value, 1e-12);
    }

    [Theory]
    [InlineData(3f, 1)]
    [InlineData(2f, 0)]
    public void RSquaredOfConstantTargets(float prediction, double expected)
    {
        var metrics = new MetricSet([new(MetricKind.RSquared)], new MeanSquaredError(), 1);
        Assert.Equal(expected, Evaluate(metrics, [prediction, prediction], [3, 3], 1).Metrics[0].Value);
    }

    [Fact]
    public void ChunksAddUpAlongTheTree()
    {
        var metrics = new MetricSet(MetricSet.DefaultFor(new MeanSquaredError()), new MeanSquaredError(), 1);
        var (left, right) = (Sums(metrics, [1, 2], [1, 3], 1), Sums(metrics, [5], [7], 1));
        MetricSet.Add(left, right);
        var whole = metrics.Finish(Sums(metrics, [1, 2, 5], [1, 3, 7], 1));
        Assert.Equal(whole.Metrics, metrics.Finish(left).Metrics);
        Assert.Throws<ArgumentException>(() => MetricSet.Add(left, right.AsSpan(1)));
    }

    [Fact]
    public void RefusesMetricsThatDoNotFit()
    {
        Assert.Throws<ModelException>(() => new MetricSet([new(MetricKind.Accuracy)], new MeanSquaredError(), 1));
        Assert.Throws<ModelException>(() => new MetricSet([new(MetricKind.RSquared)], new CrossEntropy(), 3));
        Assert.Throws<ModelException>(() => new MetricSet([new(MetricKind.TopK, 2)], new BinaryCrossEntropy(), 1));
        var error = Assert.Throws<ModelException>(() => new MetricSet([new(MetricKind.TopK, 4)], new CrossEntropy(), 3));
        Assert.Contains("k = 4", error.Message);
    }

    private static Evaluation Evaluate(MetricSet metrics, float[] predictions, float[] targets, int outputs) =>
        metrics.Finish(Sums(metrics, predictions, targets, outputs));

    private static double[] Sums(MetricSet metrics, float[] predictions, float[] targets, int outputs)
    {
        var (sums, rows) = (new double[metrics.SumCount], predictions.Length / outputs);
        metrics.AddLoss(new float[rows], rows, sums);
        fixed (float* p = predictions, t = targets)
            metrics.AddRows(rows, p, t, sums);
        return sums;
    }
}
