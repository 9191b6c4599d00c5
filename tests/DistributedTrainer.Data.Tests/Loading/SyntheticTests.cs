namespace DistributedTrainer.Data.Tests;

public class SyntheticTests
{
    [Fact]
    public void Rows_are_uniform_and_classes_all_known()
    {
        using var set = DataSet.Load(new SyntheticData(1000, 8, 10), TargetType.Class, seed: 1);
        using var few = DataSet.Load(new SyntheticData(3, 8, 10), TargetType.Class, seed: 1);
        var values = set.Train.Inputs(8).SelectMany(row => row).ToList();

        Assert.All(values, value => Assert.True(value is >= 0 and < 1));
        Assert.Equal(0.5, values.Average(), 0.02);
        Assert.All(set.Train.Targets(8).CountBy(target => target), count => Assert.InRange(count.Value, 60, 140));
        Assert.Equal(10, few.Classes.Count);
    }

    [Fact]
    public void The_seed_decides_and_more_rows_leave_the_first_unchanged()
    {
        using var one = DataSet.Load(new SyntheticData(20, 5, 2), TargetType.Binary, seed: 1);
        using var longer = DataSet.Load(new SyntheticData(40, 5, 2), TargetType.Binary, seed: 1);
        using var other = DataSet.Load(new SyntheticData(20, 5, 2), TargetType.Binary, seed: 2);

        Assert.Equal(one.Train.Inputs(5), longer.Train.Inputs(5)[..20]);
        Assert.NotEqual(one.Train.Inputs(5), other.Train.Inputs(5));
    }

    [Fact]
    public void Rows_beyond_the_distinct_ones_repeat_them()
    {
        using var distinct = DataSet.Load(new SyntheticData(6, 5, 3), TargetType.Class, seed: 1);
        using var repeated = DataSet.Load(new SyntheticData(20, 5, 3) { Distinct = 6 }, TargetType.Class, seed: 1);
        using var values = DataSet.Load(new SyntheticData(20, 5, 1) { Distinct = 6 }, TargetType.Values, seed: 1);

        Assert.Equal(20, repeated.Train.Count);
        Assert.NotEqual(distinct.Sha256, repeated.Sha256);
        for (var row = 0; row < 20; row++)
        {
            Assert.Equal(distinct.Train.Inputs(5)[row % 6], repeated.Train.Inputs(5)[row]);
            Assert.Equal(distinct.Train.Targets(5)[row % 6], repeated.Train.Targets(5)[row]);
            Assert.Equal(values.Train.Targets(5)[row % 6], values.Train.Targets(5)[row]);
        }
    }

    [Theory]
    [InlineData(0, 1, 2, TargetType.Class, "rows 0")]
    [InlineData(5, 1, 3, TargetType.Binary, "a binary loss needs 2")]
    [InlineData(int.MaxValue, 2, 2, TargetType.Class, "do not fit one array")]
    public void Refuses_sizes_that_cannot_be(int rows, int inputs, int classes, TargetType target, string message)
    {
        var spec = new SyntheticData(rows, inputs, classes);

        Assert.Contains(message, Assert.Throws<DataException>(() => DataSet.Load(spec, target, seed: 1)).Message);
    }
}
