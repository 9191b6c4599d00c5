using DistributedTrainer.Learning;

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
    [InlineData("batch-size: 16", 160, "")]
    [InlineData("batch-size: 15", 150, "model: layer 'batch-norm-1' takes the mean and deviation of each slice of a batch, and one row has none: "
        + "8 shards of 15 rows have slices of one row; take fewer shards or another batch size")]
    [InlineData("batch-size: 16", 161, "the last batch, 1 rows")]
    [InlineData("batch-size: 4\nshards: 2", 400, "")]
    public void Slices_of_one_row_have_no_deviation(string lines, long rows, string problem)
    {
        var job = JobText.With(lines);
        var network = Network.Compile([new BatchNorm(), new Dense(10)], new CrossEntropy(), [64], 1, 10);
        Assert.Contains(problem, JobChecks.AgainstModel(job, network, rows)?.ToString() ?? "");
        Assert.Equal(problem.Length == 0, JobChecks.AgainstModel(job, network, rows) is null);
        Assert.Null(JobChecks.AgainstModel(job, Network.Compile([new Dense(10)], new CrossEntropy(), [64], 1, 10), rows));
    }

    [Theory]
    [InlineData("", 1000, 8)]
    [InlineData("batch-size: 3", 1000, 3)]
    [InlineData("batch-size: all", 1000, 8)]
    [InlineData("batch-size: all", 3, 3)]
    [InlineData("shards: 5", 1000, 5)]
    public void Shards_by_default(string lines, long rows, int shards) => Assert.Equal(shards, JobText.With(lines).ResolveShards(rows));
}
