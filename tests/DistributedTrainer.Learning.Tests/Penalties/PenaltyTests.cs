using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class PenaltyTests
{
    private static readonly PenaltySpec Both = new(0.01, 0.1);

    private static readonly ParameterLayout Layout = new(
    [
        new Parameter("a.weight", [100, 50], 0, IsWeight: true),
        new Parameter("a.bias", [100], 5000, IsWeight: false),
        new Parameter("b.weight", [90, 100], 5100, IsWeight: true),
        new Parameter("b.bias", [90], 14100, IsWeight: false),
    ]);

    [Fact]
    public void ValueIsTheFormulaOverWeights()
    {
        using var vector = Random();
        var expected = 0.0;
        foreach (var parameter in Layout.Parameters.Where(parameter => parameter.IsWeight))
        {
            foreach (double weight in vector.Span.Slice(parameter.Offset, parameter.Length))
                expected += 0.01 * Math.Abs(weight) + 0.05 * weight * weight;
        }

        Assert.Equal(expected, Penalty.Value(Both, Layout, vector.Pointer), expected * 1e-12);
    }

    [Fact]
    public void RangesSumTheirBlocksToTheSameBits()
    {
        using var vector = Random();
        var sums = new double[Layout.Blocks];
        Penalty.BlockSums(Both, Layout, vector.Pointer, 0, 4096, sums.AsSpan(0, 1));
        Penalty.BlockSums(Both, Layout, vector.Pointer + 4096, 4096, Layout.Length - 4096, sums.AsSpan(1));
        Assert.Equal(Penalty.Value(Both, Layout, vector.Pointer), Penalty.Fold(sums));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    public void FoldIsTheTreeLevelByLevel(int count)
    {
        var sums = Enumerable.Range(0, count).Select(i => 1.0 / (3 + i)).ToArray();
        var level = sums.ToList();
        while (level.Count > 1)
            level = [.. level.Chunk(2).Select(pair => pair.Sum())];
        Assert.Equal(level[0], Penalty.Fold(sums));
    }

    [Fact]
    public void NoPenaltyIsZero()
    {
        using var vector = Random();
        vector.Span[0] = float.NaN;
        Assert.Equal(0, Penalty.Value(default, Layout, vector.Pointer));
    }

    [Fact]
    public void RefusesARangeInsideABlock() => Assert.Throws<ArgumentException>(
        () => Penalty.BlockSums(Both, Layout, null, 5, 4096, new double[1]));

    private static FloatBuffer Random()
    {
        var buffer = new FloatBuffer(Layout.Length);
        new Philox(7, RandomPurpose.BenchmarkData).FillNormal(buffer.Pointer, buffer.Length, 1, 0, 0);
        return buffer;
    }
}
