using CsCheck;
using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination.Tests;

public class RunPlanTests
{
    private static readonly Gen<(int Rows, int Batch, int Epochs, long? Steps)> Runs =
        from rows in Gen.Int[1, 200]
        from batch in Gen.Int[1, rows]
        from epochs in Gen.Int[1, 5]
        from steps in Gen.Int[0, 300]
        select (rows, batch, epochs, steps == 0 ? (long?)null : steps);

    [Fact]
    public void Steps_epochs_and_boundaries_are_those_of_a_plain_loop() => Runs.Sample(run =>
    {
        var plan = new RunPlan(SmallJobs.Linear with { BatchSize = run.Batch, Epochs = run.Epochs, Shards = 1, Stop = new StopSpec { Steps = run.Steps } }, run.Rows);
        var version = 0L;
        Assert.False(plan.IsBoundary(0));
        for (var epoch = 1; epoch <= run.Epochs; epoch++)
        {
            for (var row = 0; row < run.Rows && !(version == run.Steps); row += run.Batch)
            {
                version++;
                Assert.Equal(epoch, plan.EpochOf(version));
                Assert.Equal(row + run.Batch >= run.Rows || version == run.Steps, plan.IsBoundary(version));
            }
        }

        Assert.Equal(version, plan.TotalSteps);
    });

    [Fact]
    public void The_boundary_after_a_version_is_the_next_at_which_a_decision_is_due() => Runs.Sample(run =>
    {
        var plan = new RunPlan(SmallJobs.Linear with { BatchSize = run.Batch, Epochs = run.Epochs, Shards = 1, Stop = new StopSpec { Steps = run.Steps } }, run.Rows);
        for (var version = 0; version < plan.TotalSteps; version++)
        {
            var next = version + 1L;
            while (!plan.IsBoundary(next))
                next++;
            Assert.Equal(next, plan.BoundaryAfter(version));
        }

        Assert.Equal(plan.TotalSteps, plan.BoundaryAfter(plan.TotalSteps));
    });

    [Theory]
    [InlineData(64, null, 100, 8)]
    [InlineData(5, null, 100, 5)]
    [InlineData(null, null, 100, 8)]
    [InlineData(null, null, 3, 3)]
    [InlineData(64, 7, 100, 7)]
    public void Shards_are_as_set_or_eight_or_the_batch(int? batch, int? shards, int rows, int expected)
    {
        var plan = new RunPlan(SmallJobs.Linear with { BatchSize = batch, Shards = shards }, rows);
        Assert.Equal(expected, plan.Shards);
        Assert.Equal(batch ?? rows, plan.BatchSize);
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_refused() => Assert.Throws<DataException>(() => new RunPlan(SmallJobs.Linear with { BatchSize = 11 }, 10));

    [Fact]
    public void More_shards_than_rows_of_a_batch_are_refused() =>
        Assert.Throws<DataException>(() => new RunPlan(SmallJobs.Linear with { BatchSize = 4, Shards = 5 }, 10));
}
