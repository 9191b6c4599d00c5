namespace DistributedTrainer.Data.Tests;

public class ConcurrentReadTests
{
    [Fact]
    public void Threads_read_what_one_thread_reads()
    {
        using var set = DataSet.Load(new BuiltInData("digits"), TargetType.Class, seed: 1);
        var alone = set.Train.Inputs(64);

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(alone, set.Train.Inputs(64)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(150)]
    public void A_row_that_is_not_there_is_refused_before_memory_is_touched(int row)
    {
        using var set = DataSet.Load(new BuiltInData("iris"), TargetType.Class, seed: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => set.Train.Input(row, 4));
    }
}
