namespace DistributedTrainer.Data.Tests;

public sealed class EncodingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Categories_are_one_hot_in_place_sorted_and_not_normalized()
    {
        using var set = Load("a,street,y\n1,Pave,0\n3,Grvl,0\n", spec =>
            spec with { Categorical = ["street"], Normalize = Normalization.Standard });

        Assert.Equal(["a", "street=Grvl", "street=Pave"], set.Columns);
        Assert.Equal([[-1f, 0f, 1f], [1f, 1f, 0f]], set.Train.Inputs(3));
    }

    [Theory]
    [InlineData(MissingValues.Mean, 4)]
    [InlineData(MissingValues.Median, 2.5)]
    [InlineData(MissingValues.MostFrequent, 1)]
    public void Missing_numbers_take_the_training_rows_statistic(MissingValues missing, float expected)
    {
        // The values 100 in the validation file must not count.
        var validation = _folder.WriteText("v.csv", "a,y\n,1\n100,1\n");
        using var set = Load("a,y\n1,0\nNA,0\n1,0\n4,0\n10,0\n,0\n", spec =>
            spec with { Missing = missing, ValidationFiles = new DataFiles(validation) });

        Assert.Equal([1f, expected, 1f, 4f, 10f, expected], set.Train.Inputs(1).Select(row => row[0]));
        Assert.Equal([expected, 100f], set.Validation!.Inputs(1).Select(row => row[0]));
    }

    [Fact]
    public void Of_equally_frequent_values_the_smallest_is_taken()
    {
        using var set = Load("a,y\n3,0\n2,0\n3,0\n2,0\n,0\n", spec => spec with { Missing = MissingValues.MostFrequent });

        Assert.Equal(2f, set.Train.Input(4, 1)[0]);
    }

    [Fact]
    public void A_missing_category_takes_the_most_frequent()
    {
        using var set = Load("a,s,y\n1,q,0\n1,p,0\n1,q,0\n1,,0\n", spec => spec with { Categorical = ["s"], Missing = MissingValues.Mean });

        Assert.Equal([1f, 0f, 1f], set.Train.Input(3, 3));
        Assert.Equal("q", set.Preparation.Columns[1].FillCategory);
    }

    [Fact]
    public void Dropped_rows_are_those_with_a_missing_value_in_a_column_that_is_read()
    {
        using var set = Load("a,note,y\n1,,0\n,x,0\n3,x,\n4,x,5\n", spec => spec with { Ignore = ["note"], Missing = MissingValues.DropRow });

        Assert.Equal([[1f], [4f]], set.Train.Inputs(1));
        Assert.Equal([0f, 5f], set.Train.Targets(1));
    }

    [Fact]
    public void Dropping_all_rows_is_an_error()
    {
        var error = Assert.Throws<DataException>(() => Load("a,y\n,0\n", spec => spec with { Missing = MissingValues.DropRow }));

        Assert.Contains("no rows are left", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_column_without_any_value_is_an_error(bool categorical)
    {
        var error = Assert.Throws<DataException>(() => Load("a,s,y\n1,,0\n2,,0\n", spec =>
            spec with { Missing = MissingValues.Median, Categorical = categorical ? ["s"] : [] }));

        Assert.Contains("column 's' has no value in any training row", error.Message);
    }

    [Fact]
    public void A_category_that_training_never_saw_is_an_error_with_its_place()
    {
        var validation = _folder.WriteText("v.csv", "s,y\nPave,1\nPav,1\n");
        var error = Assert.Throws<DataException>(() => Load("s,y\nPave,0\nGrvl,0\n", spec =>
            spec with { Categorical = ["s"], ValidationFiles = new DataFiles(validation) }));

        Assert.Contains($"{validation}, line 3, column 's': category 'Pav' is in no training row; did you mean 'Pave'?", error.Message);
    }

    private DataSet Load(string text, Func<CsvData, CsvData> change) =>
        DataSet.Load(change(new CsvData(_folder.WriteText("table.csv", text), "y") { Normalize = Normalization.None }), TargetType.Values, seed: 1);
}
