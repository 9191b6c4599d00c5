namespace DistributedTrainer.Data.Tests;

/// <summary>Rows whose labels are put aside, and rows that never had any.</summary>
public class UnlabelledTests
{
    private static readonly BuiltInData Iris = new("iris") { ValidationFraction = 0.2, LabelledRows = 15 };

    [Fact]
    public void Labels_are_kept_by_class_and_all_rows_are_somewhere()
    {
        using var set = DataSet.Load(Iris, TargetType.Class, seed: 3);
        using var whole = DataSet.Load(Iris with { LabelledRows = null }, TargetType.Class, seed: 3);
        Assert.Equal((15, 105), (set.Train.Count, set.Unlabelled!.Count));
        Assert.Null(whole.Unlabelled);
        Assert.Equal([5, 5, 5], set.Train.Targets(4).CountBy(target => target).Select(count => count.Value));
        Assert.Equal(Ids(whole.Train), Ids(set.Train).Concat(Ids(set.Unlabelled)).Order());
        Assert.Equal(Ids(whole.Validation!), Ids(set.Validation!));
        using var other = DataSet.Load(Iris, TargetType.Class, seed: 4);
        Assert.NotEqual(Ids(set.Train), Ids(other.Train));
    }

    [Theory]
    [InlineData(2, "labelled: 2 rows; of the 120 training rows of iris with 3 classes 3 to 119 can be.")]
    [InlineData(120, "3 to 119 can be.")]
    public void Refuses_numbers_that_leave_a_class_out_or_nothing_unlabelled(int rows, string message) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => DataSet.Load(Iris with { LabelledRows = rows }, TargetType.Class, seed: 1)).Message);

    [Fact]
    public void Real_values_cannot_be_put_aside() => Assert.Contains(
        "labelled: diabetes has real values", Assert.Throws<DataException>(() => DataSet.Load(new BuiltInData("diabetes") { LabelledRows = 9 }, TargetType.Values, seed: 1)).Message);

    private static IEnumerable<long> Ids(Examples part) => Enumerable.Range(0, part.Count).Select(part.RowId);
}
