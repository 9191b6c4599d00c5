namespace DistributedTrainer.Learning.Tests;

public sealed class MaxPoolTests
{
    /// <summary>Few different values, so that most windows have equals, and some that are not numbers.</summary>
    [Theory]
    [InlineData(6, 5, 2, 2)]
    [InlineData(4, 16, 2, 2)]
    [InlineData(7, 29, 2, 2)]
    [InlineData(4, 40, 2, 2)]
    [InlineData(9, 20, 2, 1)]
    [InlineData(9, 20, 3, 2)]
    public void TheFirstOfTheGreatestTakesTheGradient(int height, int width, int size, int stride)
    {
        const int Rows = 3;
        var random = new Random(1);
        float[] x = [.. Enumerable.Range(0, Rows * height * width).Select(_ => random.Next(40) == 0 ? float.NaN : random.Next(-2, 3))];
        using var layer = new LayerAlone(new Pool2d(Pooling.Max, size) { Stride = stride }, [height, width], Rows);
        var output = layer.Forward(x);
        float[] upstream = [.. Enumerable.Range(0, output.Length).Select(i => (float)(i + 1))];
        var (expected, gradient) = (new List<float>(), new float[x.Length]);
        for (var row = 0; row < Rows; row++)
        {
            for (var top = 0; top + size <= height; top += stride)
            {
                for (var left = 0; left + size <= width; left += stride)
                {
                    int[] window = [.. Enumerable.Range(0, size * size).Select(i => (row * height + top + i / size) * width + left + i % size)];
                    var best = window.Where(place => float.IsNaN(x[place])).Concat(window.OrderByDescending(place => x[place])).First();
                    gradient[best] += upstream[expected.Count];
                    expected.Add(x[best]);
                }
            }
        }

        Assert.Equal(expected, output);
        Assert.Equal(gradient, layer.Backward(upstream, [new(Rows, 0)]).Input);
    }
}
