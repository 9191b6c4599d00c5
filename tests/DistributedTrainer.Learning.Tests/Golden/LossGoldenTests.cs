using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class LossGoldenTests
{
    private const string FileName = "losses.json";

    public static TheoryData<int, string> Cases => GoldenFile.Rows(
        FileName, item => $"{item.GetProperty("loss")} {(item.TryGetProperty("note", out var note) ? note : "")}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradient(int index, string name)
    {
        var item = GoldenFile.Cases(FileName)[index];
        var (rows, outputs) = (item.Shape("prediction")[0], item.Shape("prediction")[1]);
        var loss = LossFunction.For(GoldenSpecs.Loss(item), outputs);
        var (losses, gradient) = (new float[rows], new float[rows * outputs]);
        fixed (float* prediction = item.Floats("prediction"), target = item.Floats("target"), losses0 = losses, gradient0 = gradient)
            loss.Evaluate(rows, prediction, target, losses0, gradient0);

        // The mean is the server's: one float32 reciprocal of the whole batch's denominator.
        var sums = StepSums.Of(losses, [new Segment(rows, 0)], loss.DenominatorPerRow);
        Close.To([item.GetProperty("value").GetDouble()], [(float)(sums.Loss / sums.Denominator)], 1e-5, $"{name}: value");
        var scale = (float)(1 / sums.Denominator);
        Close.To(item.Array("gradient"), [.. gradient.Select(value => value * scale)], 1e-5, $"{name}: gradient");
    }
}
