namespace DistributedTrainer.Learning.Tests;

public sealed class DropoutTests
{
    private const int Length = 1000;

    [Fact]
    public void DropsItsPartAndKeepsTheMean()
    {
        using var layer = new LayerAlone(new Dropout(0.25), [Length], 8);
        var output = layer.Forward(Ones(8));
        Assert.All(output, value => Assert.Contains(value, new[] { 0f, (float)(1 / 0.75) }));
        Assert.InRange(output.Count(value => value == 0) / (8.0 * Length), 0.23, 0.27);
        Assert.Equal(output, layer.Backward(Ones(8), [new(8, 0)]).Input);
    }

    [Fact]
    public void ARowDropsTheSameInEveryBatchOfAStepAndOtherThingsInAnother()
    {
        using var layer = new LayerAlone(new Dropout(0.5), [Length], 3) { RowIds = [7, 1_000_000, 9] };
        var first = layer.Forward(Ones(3));
        layer.RowIds = [9, 8, 7];
        var second = layer.Forward(Ones(3));
        Assert.Equal(first[..Length], second[(2 * Length)..]);
        Assert.Equal(first[(2 * Length)..], second[..Length]);
        Assert.NotEqual(first[..Length], first[Length..(2 * Length)]);
        layer.Step++;
        Assert.NotEqual(second, layer.Forward(Ones(3)));
    }

    [Fact]
    public void HandsItsInputOnWhereNothingIsTrained()
    {
        using var layer = new LayerAlone(new Dropout(0.5), [Length], 2) { Training = false };
        Assert.Equal(Ones(2), layer.Forward(Ones(2)));
    }

    private static float[] Ones(int rows) => [.. Enumerable.Repeat(1f, rows * Length)];
}
