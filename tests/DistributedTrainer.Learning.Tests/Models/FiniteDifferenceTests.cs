using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>
/// Gradients against central differences of the same model computed in double: every activation, inside and at the end, with
/// every loss.
/// </summary>
public sealed unsafe class FiniteDifferenceTests
{
    private const int Rows = 7;
    private const int Inputs = 5;
    private const int Hidden = 11;
    private const double Delta = 1e-6;

    public static TheoryData<Activation, LossSpec> Cases
    {
        get
        {
            LossSpec[] losses =
            [
                new MeanSquaredError(), new MeanAbsoluteError(), new Huber { Delta = 0.5 }, new CrossEntropy(),
                new CrossEntropy { LabelSmoothing = 0.2 }, new BinaryCrossEntropy(),
            ];
            var cases = new TheoryData<Activation, LossSpec>();
            foreach (var activation in Enum.GetValues<Activation>())
            {
                foreach (var loss in losses)
                    cases.Add(activation, loss);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientIsTheSlopeOfTheLoss(Activation activation, LossSpec loss)
    {
        var outputs = loss is BinaryCrossEntropy ? 1 : 3;
        var refused = (activation, loss) is (Activation.Softmax, CrossEntropy) or (Activation.Sigmoid, BinaryCrossEntropy);
        Dense[] layers =
        [
            new Dense(Hidden) { Activation = activation },
            new Dense(Hidden) { Activation = activation, Bias = false },
            new Dense(outputs) { Activation = refused ? Activation.None : activation },
        ];
        var network = Network.Compile(layers, loss, [Inputs], loss is CrossEntropy ? 1 : outputs, Classes(loss));
        var parameters = new float[network.Layout.Length];
        network.Initialize(parameters, 3);
        Random(parameters.AsSpan(Inputs * Hidden, Hidden), 1);
        var (x, y) = (new float[Rows * Inputs], new float[Rows * network.TargetLength]);
        Random(x, 2);
        Random(y, 3);
        if (Classes(loss) > 0)
            y = [.. Enumerable.Range(0, Rows).Select(row => (float)(row % Classes(loss)))];

        var (gradient, sums) = Gradient(network, parameters, x, y);
        var reference = new DoubleModel(layers, loss, Inputs);
        double[] point = [.. parameters];
        Assert.Equal(reference.Loss(point, x, y), sums.Loss, 1e-5 * Math.Abs(sums.Loss));
        var slope = new double[point.Length];
        for (var i = 0; i < point.Length; i++)
        {
            var value = point[i];
            point[i] = value + Delta;
            var above = reference.Loss(point, x, y);
            point[i] = value - Delta;
            slope[i] = (above - reference.Loss(point, x, y)) / (2 * Delta);
            point[i] = value;
        }

        Close.To(slope, gradient, 1e-5, $"{activation} with {loss}: gradient");
    }

    private static int Classes(LossSpec loss) => loss switch
    {
        CrossEntropy => 3,
        BinaryCrossEntropy => 2,
        _ => 0,
    };

    private static (float[] Gradient, StepSums Sums) Gradient(Network network, float[] parameters, float[] x, float[] y)
    {
        var gradient = new float[parameters.Length];
        var sums = default(StepSums);
        using var pass = network.CreatePass(Rows);
        x.CopyTo(new Span<float>(pass.Inputs, x.Length));
        y.CopyTo(new Span<float>(pass.Targets, y.Length));
        fixed (float* w = parameters, g = gradient)
            pass.Gradient(w, [new SlotWork(ShardTree.Segments(ShardTree.SliceRows(Rows, 3)), g, &sums)]);
        return (gradient, sums);
    }

    private static void Random(Span<float> values, uint stream)
    {
        fixed (float* pointer = values)
            new Philox(11, RandomPurpose.BenchmarkData).FillNormal(pointer, values.Length, stream, 0, 0);
    }
}
