using System.Text;

namespace DistributedTrainer.Data.Tests;

public sealed class TextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Characters_become_indexes_in_the_order_of_code_points()
    {
        using var set = Load("banané ", window: 3, stride: 3);

        Assert.Equal([" ", "a", "b", "n", "é"], set.Classes);
        Assert.Equal([3], set.InputShape);
        Assert.Equal(3, set.TargetLength);
        Assert.Equal([[2, 1, 3], [1, 3, 4]], set.Train.Inputs(3));
        Assert.Equal([1, 3, 1, 3, 4, 0], set.Train.Targets(3, 3));
    }

    [Fact]
    public void Bytes_are_their_own_indexes()
    {
        using var set = Load("é!", window: 1, kind: TokenKind.Bytes);

        Assert.Equal(256, set.Classes.Count);
        Assert.Equal([[0xc3], [0xa9]], set.Train.Inputs(1));
        Assert.Equal([0xa9, '!'], set.Train.Targets(1));
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 4)]
    [InlineData(3, 3)]
    [InlineData(7, 1)]
    public void The_stride_says_where_training_windows_begin(int stride, int windows)
    {
        using var set = Load("abcdefghij", window: 3, stride: stride);

        Assert.Equal(windows, set.Train.Count);
        for (var row = 0; row < windows; row++)
        {
            Assert.Equal(row * stride, set.Train.RowId(row));
            Assert.Equal(row * stride, set.Train.Input(row, 3)[0]);
        }
    }

    [Fact]
    public void Validation_and_test_are_the_last_tokens_in_windows_one_behind_the_other()
    {
        var path = _folder.WriteText("text", "abcdefghijklmnopqrst");
        using var set = DataSet.Load(new TextData(path, 2) { Stride = 1, ValidationFraction = 0.25, TestFraction = 0.25 }, TargetType.Class, seed: 1);

        Assert.Equal(8, set.Train.Count);
        Assert.Equal([[10, 11], [12, 13]], set.Validation!.Inputs(2));
        Assert.Equal([11, 12, 13, 14], set.Validation!.Targets(2, 2));
        Assert.Equal([[15, 16], [17, 18]], set.Test!.Inputs(2));
    }

    [Fact]
    public void A_file_of_its_own_takes_the_training_texts_vocabulary()
    {
        var path = _folder.WriteText("train", "abcde");
        var own = new DataFiles(_folder.WriteText("validation", "edc"));
        var wrong = new DataFiles(_folder.WriteText("wrong", "edx"));
        using var set = DataSet.Load(new TextData(path, 1) { ValidationFiles = own }, TargetType.Class, seed: 1);

        Assert.Equal([[4], [3]], set.Validation!.Inputs(1));
        var error = Assert.Throws<DataException>(
            () => DataSet.Load(new TextData(path, 1) { ValidationFiles = wrong }, TargetType.Class, seed: 1));
        Assert.Contains("character 2: 'x' does not occur in the training text", error.Message);
    }

    [Fact]
    public void A_trained_models_vocabulary_reads_new_text()
    {
        using var set = Load("hello world", window: 2);
        using var rows = DataSet.LoadForEvaluation(new DataFiles(_folder.WriteText("new", "dew")), set.Preparation);
        var vocabulary = Vocabulary.Restore(TokenKind.Characters, set.Preparation.Classes);

        Assert.Equal("de", vocabulary.Decode(rows.Examples.Input(0, 2).Select(token => (int)token)));
        Assert.Equal([5], vocabulary.Encode("o"));
        Assert.Contains("'z' is not in the model's vocabulary", Assert.Throws<DataException>(() => vocabulary.Encode("z")).Message);
    }

    [Fact]
    public void Bytes_and_text_go_there_and_back() =>
        Assert.Equal("Grüße 🎭", Vocabulary.Bytes.Decode(Vocabulary.Bytes.Encode("Grüße 🎭")));

    [Theory]
    [InlineData("abc", 3, 1, "3 training tokens make 0 windows of 3 tokens")]
    [InlineData("", 3, 1, "the file is empty")]
    [InlineData("abcdef", 0, 1, "window 0")]
    public void Refuses_what_makes_no_window(string text, int window, int stride, string message) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => Load(text, window, stride)).Message);

    [Fact]
    public void Refuses_what_is_no_text()
    {
        var path = _folder.Write("binary", [.. Encoding.UTF8.GetBytes("ab"), 0xff, 0x41]);
        var error = Assert.Throws<DataException>(() => DataSet.Load(new TextData(path, 1), TargetType.Class, seed: 1));

        Assert.Contains("byte 2: no valid UTF-8", error.Message);
    }

    private DataSet Load(string text, int window, int stride = 1, TokenKind kind = TokenKind.Characters) =>
        DataSet.Load(new TextData(_folder.WriteText("text", text), window) { Stride = stride, Tokens = kind }, TargetType.Class, seed: 1);
}
