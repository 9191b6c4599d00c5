namespace DistributedTrainer.Data.Tests;

public class BuiltInTests
{
    [Theory]
    [InlineData("digits", TargetType.Class, 1797, 64, 10)]
    [InlineData("iris", TargetType.Class, 150, 4, 3)]
    [InlineData("wine", TargetType.Class, 178, 13, 3)]
    [InlineData("breast-cancer", TargetType.Binary, 569, 30, 2)]
    [InlineData("diabetes", TargetType.Values, 442, 10, 0)]
    public void Carries_the_set(string name, TargetType target, int rows, int inputs, int classes)
    {
        using var set = DataSet.Load(new BuiltInData(name), target, seed: 1);

        Assert.Equal(rows, set.Train.Count);
        Assert.Equal([inputs], set.InputShape);
        Assert.Equal(inputs, set.Columns.Count);
        Assert.Equal(classes, set.Classes.Count);
        Assert.Equal(1, set.TargetLength);
        Assert.Null(set.Validation);
        Assert.Null(set.Test);
        Assert.Equal(64, set.Sha256.Length);
        Assert.All(set.Train.Inputs(inputs), row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Classes_are_sorted_numbers_by_value()
    {
        using var digits = DataSet.Load(new BuiltInData("digits"), TargetType.Class, seed: 1);
        using var cancer = DataSet.Load(new BuiltInData("breast-cancer"), TargetType.Binary, seed: 1);

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], digits.Classes);
        Assert.Equal(["benign", "malignant"], cancer.Classes);
        Assert.Equal(212, cancer.Train.Targets(30).Count(target => target == 1));
    }

    [Fact]
    public void Standard_is_the_default_and_a_constant_column_becomes_0()
    {
        using var digits = DataSet.Load(new BuiltInData("digits"), TargetType.Class, seed: 1);
        var rows = digits.Train.Inputs(64);

        Assert.Equal(Normalization.Standard, digits.Preparation.Normalization);
        Assert.All(rows, row => Assert.Equal(0f, row[0]));
        Assert.Equal(1f, digits.Preparation.Factor[0]);
        Assert.Equal(0, rows.Average(row => (double)row[20]), 1e-6);
        Assert.Equal(1, rows.Average(row => (double)row[20] * row[20]), 1e-6);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest()
    {
        var error = Assert.Throws<DataException>(() => DataSet.Load(new BuiltInData("digit"), TargetType.Class, seed: 1));

        Assert.Contains("did you mean 'digits'?", error.Message);
    }
}
