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
        var shape = item.Shape("input");
        using var alone = new LayerAlone(GoldenLayers.Spec(name, item)!, shape[1..], shape[0]);
        foreach (var parameter in alone.Layout.Parameters.Except(alone.Layout.Statistics))
            item.GetProperty("parameters").Floats(Suffix(parameter)).CopyTo(alone.Parameters.AsSpan(parameter.Offset));
        Close.To(item.Array("output"), alone.Forward(item.Floats("input")), Tolerance, $"{name}: output");

        var (inputGradient, gradient) = alone.Backward(item.Floats("upstream"), [new Segment(shape[0], 0)]);
        if (item.GetProperty("gradient_input").ValueKind != JsonValueKind.Null)
            Close.To(item.Array("gradient_input"), inputGradient, Tolerance, $"{name}: gradient by the input");
        Assert.Equal(item.GetProperty("parameters").EnumerateObject().Count(), alone.Layout.Parameters.Count - alone.Layout.Statistics.Count);
        foreach (var parameter in alone.Layout.Parameters.Except(alone.Layout.Statistics))
        {
            Close.To(
                item.GetProperty("gradient_parameters").Array(Suffix(parameter)),
                gradient.AsSpan(parameter.Offset, parameter.Length),
                Tolerance,
                $"{name}: gradient by {parameter.Name}");
        }
    }

    private static string Suffix(Parameter parameter) => parameter.Name[(parameter.Name.IndexOf('.') + 1)..];
}
