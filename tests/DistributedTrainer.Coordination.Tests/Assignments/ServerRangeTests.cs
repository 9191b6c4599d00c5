using CsCheck;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class ServerRangeTests
{
    [Fact]
    public void Ranges_cover_the_vector_on_block_borders() => Gen.Select(Gen.Int[1, 200_000], Gen.Int[1, 70]).Sample((parameters, servers) =>
    {
        var ranges = ServerRange.Split(parameters, servers);
        var blocks = (parameters + ParameterLayout.BlockLength - 1) / ParameterLayout.BlockLength;
        Assert.Equal(Math.Min(servers, blocks), ranges.Count);
        var begin = 0;
        foreach (var (index, range) in ranges.Index())
        {
            Assert.Equal(index, range.Index);
            Assert.Equal(begin, range.Begin);
            Assert.Equal(0, range.Begin % ParameterLayout.BlockLength);
            Assert.True(range.Length > 0);
            begin += range.Length;
        }

        Assert.Equal(parameters, begin);
    });

    [Fact]
    public void Ranges_differ_by_one_block_at_most() => Gen.Select(Gen.Int[1, 100], Gen.Int[1, 20]).Sample((blocks, servers) =>
    {
        var lengths = ServerRange.Split(blocks * ParameterLayout.BlockLength, servers).Select(range => range.Length).ToList();
        Assert.InRange(lengths.Max() - lengths.Min(), 0, ParameterLayout.BlockLength);
    });

    [Fact]
    public void The_largest_vector_does_not_overflow()
    {
        var ranges = ServerRange.Split(int.MaxValue, 300);
        Assert.Equal(int.MaxValue, ranges[^1].Begin + ranges[^1].Length);
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void At_least_one_server(int servers) => Assert.Throws<ArgumentOutOfRangeException>(() => ServerRange.Split(1, servers));
}
