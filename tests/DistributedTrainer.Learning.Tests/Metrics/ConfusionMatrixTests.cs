namespace DistributedTrainer.Learning.Tests;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void CountsByActualAndPredicted()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Add([1, 2, 0], 1);
        matrix.Add([1, 2, 0], 0);
        matrix.Add([2, 2, 0], 0);
        var other = new ConfusionMatrix(3);
        other.Add([0, 3, 4], 1);
        matrix.Add(other);
        Assert.Equal(4, matrix.Total);
        Assert.Equal((1, 1, 1, 1), (matrix[1, 1], matrix[0, 1], matrix[0, 0], matrix[1, 2]));
        Assert.Equal(0.5, matrix.Precision(1));
        Assert.Equal(0.5, matrix.Recall(1));
        Assert.Equal(double.NaN, matrix.Recall(2));
    }

    [Fact]
    public void OneLogitMeansTwoClasses()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add([0.1f], 1);
        matrix.Add([0f], 1);
        Assert.Equal((1, 1), (matrix[1, 1], matrix[1, 0]));
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add([1, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1, 0]);
        Assert.Throws<ArgumentException>(() => matrix.Add(new ConfusionMatrix(3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(1));
    }
}
