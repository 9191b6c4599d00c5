using System.Globalization;
using CsCheck;

namespace DistributedTrainer.Data.Tests;

public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_come_back_as_written() =>
        (from rows in Gen.Int[1, 20]
         from columns in Gen.Int[1, 8]
         from values in Gen.Float[-1e30f, 1e30f].Array[rows * (columns + 1)]
         select (columns, values)).Sample(
            table =>
            {
                var lines = table.values.Chunk(table.columns + 1)
                    .Select(row => string.Join(',', row.Select(value => value.ToString(CultureInfo.InvariantCulture))));
                var header = string.Join(',', Enumerable.Range(0, table.columns).Select(column => $"x{column}").Append("y"));
                using var set = Load($"{header}\n{string.Join('\n', lines)}\n", TargetType.Values);

                Assert.Equal(table.values.Chunk(table.columns + 1).Select(row => row[..^1]), set.Train.Inputs(table.columns));
                Assert.Equal(table.values.Chunk(table.columns + 1).Select(row => row[^1]), set.Train.Targets(table.columns));
            },
            iter: 50,
            threads: 1);

    [Theory]
    [InlineData("a,y\n1,2\n3,4\n")]
    [InlineData("a,y\r\n1,2\r\n3,4")]
    [InlineData("\uFEFFa,y\n\n1,2\n\n3,4\n\n")]
    [InlineData("\"a\", y\n\"1\",  2 \n 3,\"4\"\n")]
    [InlineData("y,a\n2,1\n4,3\n")]
    public void Reads_the_ways_that_tables_are_written(string text)
    {
        using var set = Load(text, TargetType.Values);

        Assert.Equal([[1f], [3f]], set.Train.Inputs(1));
        Assert.Equal([2f, 4f], set.Train.Targets(1));
        Assert.Equal(["a"], set.Columns);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n\n", "the file is empty")]
    [InlineData("a,b,y\n", "a header and no rows")]
    [InlineData("a,b,y\n1,2,3\n1,2\n", "line 3: 2 cells; the header has 3")]
    [InlineData("a,b,y\n1,2,3\n\n1,2,3,4\n", "line 4: 4 cells; the header has 3")]
    [InlineData("a,b,z\n1,2,3\n", "no column 'y' (target); did you mean")]
    [InlineData("a;b;y\n1;2;3\n", "columns are separated by commas")]
    [InlineData("a,b,y\n1,2,3\n1,dog,3\n", "line 3, column 'b': found 'dog' where a number is needed")]
    [InlineData("a,b,y\n1,2,3\n1,2,cat\n", "line 3, column 'y': found 'cat' where a number is needed")]
    [InlineData("a,b,y\n1,\"1,5\",3\n", "line 2, column 'b': found '1,5'")]
    [InlineData("a,b,y\n1,2,3\n1,,3\n", "line 3, column 'b': the value is missing")]
    [InlineData("a,b,y\n1,?,3\n", "line 2, column 'b': the value is missing")]
    [InlineData("a,b,y\n1,2,\n", "line 2, column 'y': the value is missing. A target cannot be filled")]
    [InlineData("a,b,y\n1,nan,3\n", "line 2, column 'b': found 'nan': not a finite")]
    [InlineData("a,b,y\n1,-Infinity,3\n", "line 2, column 'b': found '-Infinity': not a finite")]
    [InlineData("a,b,y\n1,1e39,3\n", "line 2, column 'b': found '1e39': not a finite")]
    [InlineData("a,a,y\n1,2,3\n", "two columns are named 'a'")]
    [InlineData(",a,y\n1,2,3\n", "column 1 has no name")]
    [InlineData("y\n3\n", "no input column is left")]
    [InlineData("a,b,y\n1,\"2,3\n", "line 2: malformed")]
    [InlineData("a,b,y\n\"x\ny\"z,2,3\n", "line 2: malformed")]
    [InlineData("a,b,y\n1,2,3\n\0,2,3\n", "line 3: a NUL character")]
    public void Says_where_and_what_is_wrong(string text, string message)
    {
        var error = Assert.Throws<DataException>(() => Load(text, TargetType.Values));

        Assert.Contains(_folder.Path("table.csv"), error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Counts_lines_inside_quoted_cells()
    {
        const string Text = "a,note,y\n1,\"two\nlines\",3\nx,\"\",3\n";
        var error = Assert.Throws<DataException>(() => Load(Text, TargetType.Values, spec => spec with { Ignore = ["note"] }));

        Assert.Contains("line 4, column 'a': found 'x'", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = _folder.Path("absent.csv");
        var error = Assert.Throws<DataException>(() => DataSet.Load(new CsvData(path, "y"), TargetType.Values, seed: 1));

        Assert.Contains($"{path}: no such file", error.Message);
    }

    [Theory]
    [InlineData("categorical")]
    [InlineData("ignore")]
    public void Columns_named_in_the_job_must_exist(string role)
    {
        var error = Assert.Throws<DataException>(() => Load("price,street,y\n1,a,3\n", TargetType.Values, spec => role == "ignore"
            ? spec with { Ignore = ["stret"] }
            : spec with { Categorical = ["stret"] }));

        Assert.Contains($"no column 'stret' ({role}); did you mean 'street'?", error.Message);
    }

    [Theory]
    [InlineData("only", "1 class (only)")]
    [InlineData("b", "3 classes (a, b, c)")]
    public void A_binary_target_needs_two_classes(string second, string message)
    {
        var labels = second == "only" ? "only" : "a";
        var third = second == "only" ? "only" : "c";
        var error = Assert.Throws<DataException>(() => Load($"x,y\n1,{labels}\n2,{second}\n3,{third}\n", TargetType.Binary));

        Assert.Contains(message, error.Message);
        Assert.Contains("exactly two", error.Message);
    }

    [Fact]
    public void Classes_are_sorted_as_numbers_only_if_all_are()
    {
        using var numbers = Load("x,y\n1,10\n2,9\n3,-1\n", TargetType.Class);
        using var words = Load("x,y\n1,10\n2,9\n3,b\n", TargetType.Class);

        Assert.Equal(["-1", "9", "10"], numbers.Classes);
        Assert.Equal(["10", "9", "b"], words.Classes);
        Assert.Equal([2f, 1f, 0f], numbers.Train.Targets(1));
    }

    [Fact]
    public void A_separate_file_may_order_columns_otherwise_and_is_prepared_like_training()
    {
        var other = _folder.WriteText("other.csv", "y,extra,b,a\n7,x,30,5\n");
        using var set = Load(
            "a,b,y\n1,10,0\n3,20,1\n",
            TargetType.Values,
            spec => spec with { Normalize = Normalization.MinMax, ValidationFiles = new DataFiles(other), TestFiles = new DataFiles(other) });

        var validation = Assert.IsType<Examples>(set.Validation, exactMatch: false);
        Assert.Equal([[2f, 2f]], validation.Inputs(2));
        Assert.Equal([7f], validation.Targets(2));
        Assert.Equal((2, 3), (validation.RowId(0), set.Test!.RowId(0)));
    }

    [Fact]
    public void A_separate_file_that_lacks_a_column_or_has_a_new_class_is_an_error()
    {
        var lacking = _folder.WriteText("lacking.csv", "a,y\n1,p\n");
        var newClass = _folder.WriteText("new.csv", "a,b,y\n1,2,p\n1,2,z\n");

        var column = Assert.Throws<DataException>(() => LoadWith(lacking));
        var label = Assert.Throws<DataException>(() => LoadWith(newClass));

        Assert.Contains($"{lacking}: no column 'b' (input)", column.Message);
        Assert.Contains($"{newClass}, line 3: class 'z' is not among the training rows' 2 classes (p, q)", label.Message);

        DataSet LoadWith(string path) =>
            Load("a,b,y\n1,2,p\n3,4,q\n", TargetType.Class, spec => spec with { ValidationFiles = new DataFiles(path) });
    }

    [Fact]
    public void Text_cut_anywhere_loads_or_is_a_clear_error()
    {
        const string Whole = "a,\"b\",y\n1.5,\"x, y\",p\n-2e3,\"z\",q\n4,w,p\n";
        for (var length = 0; length < Whole.Length; length++)
        {
            try
            {
                using var set = Load(Whole[..length], TargetType.Class, spec => spec with { Categorical = ["b"] });
                Assert.InRange(set.Train.Count, 2, 3);
            }
            catch (DataException error)
            {
                Assert.Contains("table.csv", error.Message);
            }
        }
    }

    private DataSet Load(string text, TargetType target, Func<CsvData, CsvData>? change = null)
    {
        var spec = new CsvData(_folder.WriteText("table.csv", text), "y") { Normalize = Normalization.None };
        return DataSet.Load(change is null ? spec : change(spec), target, seed: 1);
    }
}
