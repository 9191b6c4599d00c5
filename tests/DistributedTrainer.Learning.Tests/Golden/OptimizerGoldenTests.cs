using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class OptimizerGoldenTests
{
    private const string FileName = "optimizers.json";

    public static TheoryData<int, string> Cases => GoldenFile.Rows(
        FileName, item => $"{item.GetProperty("optimizer")} {item.GetProperty("settings")}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersAfterEachStep(int index, string name)
    {
        var item = GoldenFile.Cases(FileName)[index];
        var settings = item.GetProperty("settings");
        var (initial, gradients, after) = (item.Floats("initial"), item.Floats("gradients"), item.Array("after"));
        var length = initial.Length;
        var layout = new ParameterLayout([new Parameter("layer.weight", [length], 0, IsWeight: true)]);
        using var optimizer = new RangeOptimizer(
            GoldenSpecs.Optimizer(item.GetProperty("optimizer").GetString()!, settings),
            new PenaltySpec(0, settings.Number("l2_added_to_gradient", 0)),
            layout,
            0,
            length);
        using var current = new FloatBuffer(length);
        initial.CopyTo(current.Span);
        for (var step = 0; step < gradients.Length / length; step++)
        {
            fixed (float* gradient = gradients.AsSpan(step * length, length))
                optimizer.Update(current.Pointer, current.Pointer, gradient, 1, step);
            Close.To(after.AsSpan(step * length, length), current.Span, 1e-5, $"{name}, step {step}: parameter");
        }
    }
}
