using CsCheck;

namespace DistributedTrainer.Data.Tests;

public class BatchPlanTests
{
    private static readonly Gen<(int Rows, int Batch, int Shards, ShardBy By, ulong Seed)> Plans =
        from rows in Gen.Int[1, 300]
        from batch in Gen.Int[1, rows]
        from shards in Gen.Int[1, batch]
        from shardBy in Gen.Enum<ShardBy>()
        from seed in Gen.ULong
        select (rows, batch, shards, shardBy, seed);

    [Fact]
    public void Each_row_is_used_exactly_once_an_epoch() => Plans.Sample(plan =>
    {
        var batches = new BatchPlan(plan.Rows, plan.Batch, plan.Shards, plan.By, plan.Seed);
        var slice = new int[batches.SliceLengthMax];
        for (var epoch = 0L; epoch < 3; epoch++)
        {
            var used = new int[plan.Rows];
            for (var step = epoch * batches.StepsPerEpoch; step < (epoch + 1) * batches.StepsPerEpoch; step++)
            {
                Assert.Equal(epoch, batches.Epoch(step));
                var total = 0;
                for (var shard = 0; shard < plan.Shards; shard++)
                {
                    var length = batches.Slice(step, shard, slice);
                    Assert.Equal(batches.SliceLength(step, shard), length);
                    foreach (var row in slice.AsSpan(0, length))
                        used[row]++;
                    total += length;
                }

                Assert.Equal(batches.BatchLength(step), total);
            }

            Assert.All(used, count => Assert.Equal(1, count));
        }
    });

    [Fact]
    public void Slices_join_to_the_batch_whatever_the_shards() => Plans.Where(plan => plan.By == ShardBy.Batch).Sample(plan =>
    {
        var one = new BatchPlan(plan.Rows, plan.Batch, 1, ShardBy.Batch, plan.Seed);
        var many = new BatchPlan(plan.Rows, plan.Batch, plan.Shards, ShardBy.Batch, plan.Seed);
        for (var step = 0L; step < 2 * one.StepsPerEpoch; step++)
            Assert.Equal(RowsOf(one, step, 1), RowsOf(many, step, plan.Shards));
    });

    [Fact]
    public void A_shard_by_rows_keeps_to_its_own_rows() => Plans.Where(plan => plan.By == ShardBy.Rows).Sample(plan =>
    {
        var batches = new BatchPlan(plan.Rows, plan.Batch, plan.Shards, ShardBy.Rows, plan.Seed);
        var slice = new int[batches.SliceLengthMax];
        for (var shard = 0; shard < plan.Shards; shard++)
        {
            for (var step = 0L; step < batches.StepsPerEpoch; step++)
            {
                var length = batches.Slice(step, shard, slice);
                Assert.All(slice[..length], row => Assert.InRange(
                    row, RowSlices.Start(plan.Rows, plan.Shards, shard), RowSlices.Start(plan.Rows, plan.Shards, shard + 1) - 1));
            }
        }
    });

    [Theory]
    [InlineData(ShardBy.Batch)]
    [InlineData(ShardBy.Rows)]
    public void Epochs_and_seeds_order_rows_differently(ShardBy by)
    {
        var plan = new BatchPlan(500, 100, 2, by, seed: 1);
        var other = new BatchPlan(500, 100, 2, by, seed: 2);

        Assert.NotEqual(RowsOf(plan, 0, 2), RowsOf(plan, plan.StepsPerEpoch, 2));
        Assert.NotEqual(RowsOf(plan, 0, 2), RowsOf(other, 0, 2));
        Assert.Equal(RowsOf(plan, 7, 2), RowsOf(new BatchPlan(500, 100, 2, by, seed: 1), 7, 2));
    }

    [Fact]
    public void A_last_batch_smaller_than_the_shards_has_empty_slices()
    {
        var plan = new BatchPlan(rows: 10, batchSize: 8, shards: 8, ShardBy.Batch, seed: 1);

        Assert.Equal(2, plan.StepsPerEpoch);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 1], Enumerable.Range(0, 8).Select(shard => plan.SliceLength(1, shard)));
        Assert.Equal((3L, 1), (plan.Epoch(7), plan.StepInEpoch(7)));
    }

    [Theory]
    [InlineData(0, 1, 1, "0 training rows")]
    [InlineData(10, 11, 1, "batch-size 11 does not fit 10 training rows")]
    [InlineData(10, 0, 1, "batch-size 0")]
    [InlineData(10, 5, 6, "shards 6 does not fit batch-size 5")]
    [InlineData(10, 5, 0, "shards 0")]
    public void Refuses_sizes_that_do_not_fit(int rows, int batch, int shards, string message)
    {
        var error = Assert.Throws<DataException>(() => new BatchPlan(rows, batch, shards, ShardBy.Batch, seed: 1));

        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData(ShardBy.Batch)]
    [InlineData(ShardBy.Rows)]
    public void A_slice_within_an_epoch_allocates_nothing(ShardBy by)
    {
        var plan = new BatchPlan(60_000, 64, 8, by, seed: 1);
        var slice = new int[plan.SliceLengthMax];
        plan.Slice(0, 3, slice);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0L; step < plan.StepsPerEpoch; step++)
            plan.Slice(step, 3, slice);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int[] RowsOf(BatchPlan plan, long step, int shards)
    {
        var rows = new List<int>();
        for (var shard = 0; shard < shards; shard++)
        {
            var slice = new int[plan.SliceLength(step, shard)];
            plan.Slice(step, shard, slice);
            rows.AddRange(slice);
        }

        return [.. rows];
    }
}
