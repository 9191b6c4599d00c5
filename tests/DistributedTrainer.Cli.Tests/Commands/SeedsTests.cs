namespace DistributedTrainer.Cli.Tests;

public sealed class SeedsTests
{
    [Fact]
    public void ListsAreSplitAndTrimmed() => Assert.Equal(["a:1", "b.example:4053", "[::1]:2"], Seeds.Parse("a:1, b.example:4053,[::1]:2,", "--seeds"));

    [Theory]
    [InlineData("")]
    [InlineData("here")]
    [InlineData("here:")]
    [InlineData(":4053")]
    [InlineData("here:0")]
    [InlineData("here:65536")]
    [InlineData("a:1,here:x")]
    public void AnythingElseIsRefused(string text)
    {
        var error = Assert.Throws<CommandException>(() => Seeds.Parse(text, "--seeds"));

        Assert.StartsWith("--seeds ", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongInput, error.ExitCode);
    }
}
