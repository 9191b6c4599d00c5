using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>PyTorch's weights: Σ w_c·loss / Σ w_c, by the definition in double.</summary>
public unsafe class ClassWeightTests
{
    private const int Rows = 6;
    private static readonly double[] Weights = [0.5, 3, 1.25];
    private static readonly Network Network = Compile(Weights);

    [Fact]
    public void Loss_gradient_and_denominator_count_by_class()
    {
        using var pass = Network.CreatePass(Rows);
        using var parameters = new FloatBuffer(Network.Layout.Length);
        using var gradient = new FloatBuffer(Network.Layout.Length);
        Network.Initialize(parameters.Span, 5);
        var loss = 0.0;
        var bias = new double[3];
        for (var row = 0; row < Rows; row++)
        {
            (pass.Inputs[2 * row], pass.Inputs[2 * row + 1], pass.Targets[row]) = (row - 2.5f, 1f / (row + 1), row % 3);
            var logits = Enumerable.Range(0, 3).Select(unit => (double)parameters.Span[2 * unit] * pass.Inputs[2 * row] + (double)parameters.Span[2 * unit + 1] * pass.Inputs[2 * row + 1]).ToArray();
            var sum = logits.Sum(Math.Exp);
            loss += Weights[row % 3] * (Math.Log(sum) - logits[row % 3]);
            for (var unit = 0; unit < 3; unit++)
                bias[unit] += Weights[row % 3] * (Math.Exp(logits[unit]) / sum - (unit == row % 3 ? 1 : 0));
        }

        StepSums sums;
        pass.Gradient(parameters.Pointer, [new SlotWork(new[] { new Segment(2, 0), new Segment(4, 1) }, gradient.Pointer, &sums)]);
        Assert.Equal(2 * Weights.Sum(), sums.Denominator);
        Assert.Equal(Rows, sums.Samples);
        Assert.Equal(loss, sums.Loss, 1e-5);
        for (var unit = 0; unit < 3; unit++)
            Assert.Equal(bias[unit], gradient.Span[6 + unit], 1e-5);

        var metrics = new MetricSet([], new CrossEntropy(), 3);
        var figures = new double[metrics.SumCount];
        pass.Evaluate(parameters.Pointer, Rows, metrics, figures);
        Assert.Equal(loss / (2 * Weights.Sum()), metrics.Finish(figures).Loss, 1e-5);
    }

    [Fact]
    public void Every_class_needs_one() =>
        Assert.Contains("class-weights has 2 numbers; the data has 3 classes", Assert.Throws<ModelException>(() => Compile([1, 2])).Message);

    private static Network Compile(double[] weights) =>
        Network.Compile([new Dense(3)], new CrossEntropy { ClassWeights = weights }, [2], 1, 3);
}
