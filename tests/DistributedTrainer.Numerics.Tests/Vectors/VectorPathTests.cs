namespace DistributedTrainer.Numerics.Tests;

public sealed class VectorPathTests
{
    [Theory]
    [InlineData("scalar", VectorWidth.Scalar)]
    [InlineData("128", VectorWidth.Bits128)]
    [InlineData(" 256 ", VectorWidth.Bits256)]
    [InlineData("512", VectorWidth.Bits512)]
    [InlineData("SCALAR", VectorWidth.Scalar)]
    public void A_forced_width_is_taken(string forced, VectorWidth expected) => Assert.Equal(expected, VectorPath.Choose(forced));

    [Fact]
    public void Nothing_forced_means_a_width_that_exists()
    {
        Assert.Equal(VectorPath.Choose(null), VectorPath.Choose(""));
        Assert.Contains(VectorPath.Choose(null), Samples.Widths);
    }

    [Fact]
    public void A_wrong_width_is_refused_with_the_allowed_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => VectorPath.Choose("1024"));
        Assert.Contains("'1024'", error.Message);
        Assert.Contains("scalar, 128, 256 and 512", error.Message);
    }
}
