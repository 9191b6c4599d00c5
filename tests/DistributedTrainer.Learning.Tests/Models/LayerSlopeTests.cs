using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>
/// Gradients of single layers against central differences of their own forward pass, in float32: a coarse test, which sees a wrong formula
/// and not a wrong digit. Golden numbers see the digits.
/// </summary>
public sealed unsafe class LayerSlopeTests
{
    private const int Rows = 6;
    private const float Delta = 1e-2f;

    public static TheoryData<string> Names => [.. Layers.Keys];

    private static Dictionary<string, (LayerSpec Spec, int[] Shape)> Layers { get; } = new()
    {
        ["conv2d"] = (new Conv2d(3, 3) { Padding = 1 }, [2, 5, 4]),
        ["conv2d with stride"] = (new Conv2d(5, 3) { Stride = 2, Padding = 2, Activation = Activation.Tanh }, [2, 6, 5]),
        ["average-pool"] = (new Pool2d(Pooling.Average, 3) { Stride = 2 }, [2, 7, 6]),
        ["max-pool"] = (new Pool2d(Pooling.Max, 3) { Stride = 2 }, [2, 7, 6]),
        ["global-pool of means"] = (new GlobalPool(Pooling.Average), [3, 4, 5]),
        ["global-pool of the greatest"] = (new GlobalPool(Pooling.Max), [3, 4, 5]),
        ["batch-norm of images"] = (new BatchNorm(), [3, 4, 2]),
        ["batch-norm of features"] = (new BatchNorm(), [7]),
        ["dropout"] = (new Dropout(0.4), [9]),
        ["residual"] = (new Residual([new Dense(5) { Activation = Activation.Tanh }, new Dense(4)]), [4]),
        ["concatenate"] = (new Concatenate([new Branch("a", []), new Branch("b", [new Dense(3)]), new Branch("c", [new Activate(Activation.Tanh)])]), [4]),
        ["dense per position"] = (new Dense(3) { PerPosition = true, Activation = Activation.Gelu }, [2, 4]),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsAreSlopes(string name)
    {
        var (spec, shape) = Layers[name];
        using var layer = new LayerAlone(spec, shape, Rows) { Segments = ShardTree.Segments([2, 4]), Step = 2 };
        // Spread far apart, so that no step crosses a maximum's border.
        var x = Spread(Rows * shape.Aggregate(1, (product, size) => product * size));
        var upstream = Random(layer.Forward(x).Length, 2);
        var (inputGradient, gradient) = layer.Backward(upstream, layer.Segments);
        Close.To(
            [.. x.Select((_, i) => SlopeAt(x, i, () => Loss(layer, x, upstream)))], inputGradient, 5e-3, $"{name}: gradient by the input");
        var trained = layer.Layout.TrainedLength;
        double[] slope = [.. Enumerable.Range(0, trained).Select(i => SlopeAt(layer.Parameters, i, () => Loss(layer, x, upstream)))];
        if (trained > 0)
            Close.To(slope, gradient.AsSpan(0, trained), 5e-3, $"{name}: gradient by the parameters");
    }

    private static double Loss(LayerAlone layer, float[] x, float[] upstream) =>
        layer.Forward(x).Zip(upstream, (y, g) => (double)y * g).Sum();

    private static double SlopeAt(float[] values, int i, Func<double> loss)
    {
        var value = values[i];
        values[i] = value + Delta;
        var (above, up) = (loss(), values[i]);
        values[i] = value - Delta;
        var slope = (above - loss()) / ((double)up - values[i]);
        values[i] = value;
        return slope;
    }

    /// <summary>Multiples of 0.05 in some order: any two are further apart than a step.</summary>
    private static float[] Spread(int length)
    {
        var order = new Permutation(3, RandomPurpose.BenchmarkData, 0, length);
        return [.. Enumerable.Range(0, length).Select(i => (order.At(i) - length / 2) * (length > 100 ? 0.03f : 0.05f))];
    }

    private static float[] Random(int length, uint stream)
    {
        var values = new float[length];
        fixed (float* pointer = values)
            new Philox(11, RandomPurpose.BenchmarkData).FillNormal(pointer, length, stream, 0, 0);
        return values;
    }
}
