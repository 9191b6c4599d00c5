namespace DistributedTrainer.Learning.Tests;

/// <summary>
/// The example that started this project: y = x₁w₁ + x₂w₂ on three points of one line, mse, full batch, learning rate 0.01,
/// 1,000 epochs, from zero. x₂ = 2x₁, so the best weights are a line: w₁ + 2w₂ = 11/7, with loss 1/7.
/// </summary>
public sealed class TextbookTests
{
    private const int Epochs = 1000;
    private static readonly float[] X = [1, 2, 2, 4, 3, 6];
    private static readonly float[] Y = [1, 3, 5];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void GradientDescentMovesAlongTheGradient(int shards) =>
        Reaches(new GradientDescent { LearningRate = 0.01 }, shards, 0.314286, 0.628571);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AdamMovesBothWeightsAlike(int shards) =>
        Reaches(new Adam { LearningRate = 0.01, Epsilon = 1e-7 }, shards, 0.523810, 0.523810);

    [Fact]
    public void AdamCorrectedInPlaceStalls()
    {
        // Published code has this loop. Once the corrected moments are stored, each step corrects them again: m and v hold far
        // too large values of the first steps, and the weights hardly move.
        double w1 = 0, w2 = 0, m1 = 0, m2 = 0, v1 = 0, v2 = 0;
        for (var t = 1; t <= Epochs; t++)
        {
            double g1 = 0, g2 = 0;
            for (var row = 0; row < Y.Length; row++)
            {
                var error = X[2 * row] * w1 + X[2 * row + 1] * w2 - Y[row];
                g1 += 2 * error * X[2 * row] / Y.Length;
                g2 += 2 * error * X[2 * row + 1] / Y.Length;
            }

            Step(ref w1, ref m1, ref v1, g1, t);
            Step(ref w2, ref m2, ref v2, g2, t);
        }

        Assert.Equal(0.012871, w1, 5e-7);
        Assert.Equal(0.012871, w2, 5e-7);

        static void Step(ref double w, ref double m, ref double v, double g, int t)
        {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            m /= 1 - Math.Pow(0.9, t);
            v /= 1 - Math.Pow(0.999, t);
            w -= 0.01 * m / (Math.Sqrt(v) + 1e-7);
        }
    }

    private static void Reaches(OptimizerSpec optimizer, int shards, double w1, double w2)
    {
        var network = Network.Compile(
            [new Dense(1) { Bias = false, Initializer = InitializerSpec.Zeros }], new MeanSquaredError(), [2], 1, 0);
        using var trainer = new Trainer(network, optimizer, default, Y.Length, shards);
        network.Initialize(trainer.Parameters.Span, 0);
        for (var epoch = 0; epoch < Epochs; epoch++)
            trainer.Step(X, Y);
        Assert.Equal(w1, trainer.Parameters.Span[0], 1e-6);
        Assert.Equal(w2, trainer.Parameters.Span[1], 1e-6);
        Assert.Equal(0.142857, trainer.Loss(X, Y), 5e-7);
    }
}
