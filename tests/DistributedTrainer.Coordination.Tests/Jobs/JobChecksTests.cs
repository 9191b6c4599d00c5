namespace DistributedTrainer.Coordination.Tests;

public class JobChecksTests
{
    [Theory]
    [InlineData("", 64, 0, "")]
    [InlineData("", 63, 0, "batch-size: 64 is larger than the data: 63 training rows; write all, or at most 63")]
    [InlineData("", 0, 0, "data: no rows are left to train on; make validation and test smaller")]
    [InlineData("batch-size: all", 1, 0, "")]
    [InlineData("batch-size: all\nshards: 4", 4, 0, "")]
    [InlineData("batch-size: all\nshards: 4", 3, 0, "shards: 4 is above the batch size: all 3 training rows; write at most 3")]
    public void Against_the_training_rows(string lines, long rows, long validationRows, string problem) =>
        Assert.Equal(problem, string.Join('\n', JobChecks.AgainstData(JobText.With(lines), rows, validationRows)));

    [Fact]
    public void An_empty_validation_part_cannot_be_watched()
    {
        var job = JobText.Parse(JobText.Replace("data: { source: digits, validation: 0.001 }"));
        Assert.Equal("stop.monitor", Assert.Single(JobChecks.AgainstData(job, 100, validationRows: 0)).Key);
        Assert.Empty(JobChecks.AgainstData(job, 100, validationRows: 1));
    }

    [Theory]
    [InlineData("", 1000, 8)]
    [InlineData("batch-size: 3", 1000, 3)]
    [InlineData("batch-size: all", 1000, 8)]
    [InlineData("batch-size: all", 3, 3)]
    [InlineData("shards: 5", 1000, 5)]
    public void Shards_by_default(string lines, long rows, int shards) => Assert.Equal(shards, JobText.With(lines).ResolveShards(rows));
}
