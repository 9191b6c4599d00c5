namespace DistributedTrainer.Coordination.Tests;

public class CheckpointRetentionTests
{
    [Theory]
    [InlineData(1, -1, new long[] { 10, 20, 30 })]
    [InlineData(2, -1, new long[] { 10, 20 })]
    [InlineData(2, 10, new long[] { 20 })]
    [InlineData(2, 40, new long[] { 10, 20 })]
    [InlineData(2, 15, new long[] { 10, 20 })]
    [InlineData(4, -1, new long[0])]
    [InlineData(9, -1, new long[0])]
    public void The_newest_stay_and_the_best(int keep, long best, long[] removed) =>
        Assert.Equal(removed, CheckpointRetention.Obsolete([30, 10, 40, 20], keep, best));

    [Fact]
    public void None_to_keep_is_a_defect() => Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointRetention.Obsolete([1], 0, -1));
}
