using System.Text.Json;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class LayerGoldenTests
{
    private const string FileName = "layers.json";
    private const double Tolerance = 2e-5;

    public static TheoryData<int, string> Cases => GoldenFile.Rows(FileName, item => item.GetProperty("layer").GetString()!);

    [GoldenLayerTheory]
    [MemberData(nameof(Cases))]
    public void OutputAndGradients(int index, string name)
    {
        var item = GoldenFile.Cases(FileName)[index];
        var (rows, inputs, units) = (item.Shape("input")[0], item.Shape("input")[1], item.Shape("output")[1]);
        var activation = GoldenSpecs.Activation(name);
        var spec = new Dense(units)
        {
            Activation = activation ?? Activation.None,
            Bias = item.GetProperty("parameters").TryGetProperty("bias", out _),
        };
        var layer = new DenseLayer(spec, name, inputs, 0);
        var parameters = activation is null ? Parameters(item.GetProperty("parameters")) : Identity(units);
        var gradient = new float[parameters.Length];
        var (upstream, inputGradient) = (item.Floats("upstream"), new float[rows * inputs]);
        var sums = default(StepSums);
        using var pass = layer.CreatePass(rows);
        fixed (float* w = parameters, x = item.Floats("input"), dy = upstream, dx = inputGradient, dw = gradient)
        {
            pass.Forward(w, x, rows);
            Close.To(item.Array("output"), new(pass.Output, rows * units), Tolerance, $"{name}: output");
            pass.Backward(w, x, rows, dy, dx, [new SlotWork(new[] { new Segment(rows, 0) }, dw, &sums)], null);
        }

        Close.To(item.Array("gradient_input"), inputGradient, Tolerance, $"{name}: gradient by the input");
        if (activation is not null)
            return;
        foreach (var parameter in layer.Parameters)
        {
            var key = parameter.Name.Split('.')[^1];
            Close.To(
                item.GetProperty("gradient_parameters").Array(key),
                gradient.AsSpan(parameter.Offset, parameter.Length),
                Tolerance,
                $"{name}: gradient by {key}");
        }
    }

    private static float[] Parameters(JsonElement parameters) =>
        [.. parameters.Floats("weight"), .. parameters.TryGetProperty("bias", out _) ? parameters.Floats("bias") : []];

    /// <summary>A square weight that hands its input on unchanged, so that the layer is its activation.</summary>
    private static float[] Identity(int units)
    {
        var weight = new float[units * units];
        for (var i = 0; i < units; i++)
            weight[i * units + i] = 1;
        return weight;
    }
}
