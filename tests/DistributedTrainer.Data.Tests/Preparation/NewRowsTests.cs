using System.Text.Json;
using System.Text.Json.Serialization;

namespace DistributedTrainer.Data.Tests;

public sealed class NewRowsTests : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_is_prepared_as_training_was_after_a_trip_through_json()
    {
        const string Text = "a,s,b,y\n1,p,0.1,cat\n2,q,,dog\n4,p,0.7,cat\n8,,0.9,dog\n";
        var path = _folder.WriteText("train.csv", Text);
        var spec = new CsvData(path, "y") { Categorical = ["s"], Missing = MissingValues.Median };
        using var set = DataSet.Load(spec, TargetType.Class, seed: 1);
        var preparation = JsonSerializer.Deserialize<Preparation>(JsonSerializer.Serialize(set.Preparation, Json), Json)!;

        using var evaluated = DataSet.LoadForEvaluation(new DataFiles(path), preparation);
        var withoutTarget = _folder.WriteText("new.csv", "b,extra,s,a\n,x,q,2\n");
        using var predicted = DataSet.LoadForPrediction(new DataFiles(withoutTarget), preparation);

        Assert.Equal(JsonSerializer.Serialize(set.Preparation, Json), JsonSerializer.Serialize(preparation, Json));
        Assert.Equal(set.Train.Inputs(4), evaluated.Examples.Inputs(4));
        Assert.Equal(set.Train.Targets(4), evaluated.Examples.Targets(4));
        Assert.Equal(set.Train.Input(1, 4), predicted.Examples.Input(0, 4));
        Assert.True(evaluated.Examples.HasTargets);
        Assert.False(predicted.Examples.HasTargets);
        Assert.Throws<InvalidOperationException>(() => predicted.Examples.Targets(4));
    }

    [Theory]
    [InlineData("a,y\n1,\n2,x\n", true, "line 2, column 'y': the value is missing")]
    [InlineData("a,y\n1,w\n", true, "line 2: class 'w' is not among")]
    [InlineData("a\n1\n", true, "no column 'y' (target)")]
    [InlineData("a,y\n,x\n", true, "line 2, column 'a': the value is missing, and the model was trained without a value to fill in")]
    [InlineData("b\n1\n", false, "no column 'a' (input)")]
    [InlineData("", false, "the file is empty")]
    public void Says_what_new_rows_lack(string text, bool evaluate, string message)
    {
        using var set = DataSet.Load(new CsvData(_folder.WriteText("train.csv", "a,y\n1,x\n2,z\n"), "y"), TargetType.Class, seed: 1);
        var files = new DataFiles(_folder.WriteText("new.csv", text));

        var error = Assert.Throws<DataException>(() => evaluate
            ? DataSet.LoadForEvaluation(files, set.Preparation)
            : DataSet.LoadForPrediction(files, set.Preparation));

        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Arrays_are_read_by_their_first_bytes()
    {
        var spec = new IdxData(
            _folder.Write("x", ArrayBytes.Idx(8, [2, 2], 0, 255, 51, 102)),
            _folder.Write("y", ArrayBytes.Idx(8, [2], 4, 7)));
        using var set = DataSet.Load(spec, TargetType.Class, seed: 1);
        var gzipped = _folder.Write("new.gz", TemporaryFolder.Gzipped(ArrayBytes.Idx(8, [1, 2], 51, 102)));
        var numpy = _folder.Write("new.npy", ArrayBytes.Npy("|u1", "(1, 2)", [51, 102]));
        var label = _folder.Write("label.npy", ArrayBytes.Npy("<i8", "(1,)", BitConverter.GetBytes(7L)));

        using var fromIdx = DataSet.LoadForPrediction(new DataFiles(gzipped), set.Preparation);
        using var fromNumpy = DataSet.LoadForEvaluation(new DataFiles(numpy, label), set.Preparation);

        Assert.Equal(set.Train.Input(1, 2), fromIdx.Examples.Input(0, 2));
        Assert.Equal(set.Train.Input(1, 2), fromNumpy.Examples.Input(0, 2));
        Assert.Equal([1f], fromNumpy.Examples.Targets(2));
    }

    [Fact]
    public void Rows_of_another_kind_or_shape_are_refused()
    {
        var spec = new IdxData(_folder.Write("x", ArrayBytes.Idx(8, [2, 2], 0, 255, 51, 102)), _folder.Write("y", ArrayBytes.Idx(8, [2], 4, 7)));
        using var arrays = DataSet.Load(spec, TargetType.Class, seed: 1);
        using var table = DataSet.Load(new BuiltInData("iris"), TargetType.Class, seed: 1);
        var wide = _folder.Write("wide", ArrayBytes.Idx(8, [1, 3], 1, 2, 3));
        var text = _folder.WriteText("t.csv", "a,b\n1,2\n");

        Assert.Contains("rows of shape (3); the training rows have (2)", Message(new DataFiles(wide), arrays.Preparation));
        Assert.Contains("neither a .npy nor an IDX file", Message(new DataFiles(text), arrays.Preparation));
        Assert.Contains("trained on a table with the columns sepal_length", Message(new DataFiles(wide), table.Preparation));

        static string Message(DataFiles files, Preparation preparation) =>
            Assert.Throws<DataException>(() => DataSet.LoadForPrediction(files, preparation)).Message;
    }
}
