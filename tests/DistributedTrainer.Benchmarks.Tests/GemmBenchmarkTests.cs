namespace DistributedTrainer.Benchmarks.Tests;

/// <summary>A small-input run of each benchmark, so that none rots between releases.</summary>
public sealed class GemmBenchmarkTests
{
    [Fact]
    public void Small_shapes_of_every_kind_are_measured()
    {
        var page = Run("--shapes", "smoke", "--seconds", "0.001", "--turn-ms", "0.01");
        Assert.StartsWith("# Matrix products against OpenBLAS", page);
        var rows = page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToArray();
        Assert.Equal(Enum.GetValues<ProductKind>().Length, rows.Length);
        var found = OpenBlas.Find() is not null;
        Assert.Equal(!found, page.Contains("OpenBLAS was not found", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.Equal(found, !row.Contains('–')));
    }

    [Fact]
    public void A_part_of_the_shapes_can_be_chosen()
    {
        var page = Run("--shapes", "smoke", "--only", "of 8 shards", "--seconds", "0.001", "--turn-ms", "0.01");
        Assert.Contains("| weight gradient of 8 shards, 16 rows × 16×16 |", page);
        Assert.DoesNotContain("| forward", page);
    }

    [Theory]
    [InlineData("unknown option '--second'", "--second", "1")]
    [InlineData("--seconds is 'none'", "--seconds", "none")]
    [InlineData("'--turn-ms' needs a value", "--turn-ms")]
    [InlineData("--shapes is 'odd'", "--shapes", "odd")]
    public void Wrong_options_are_named(string message, params string[] args) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Run(args)).Message);

    private static string Run(params string[] args)
    {
        var benchmark = new GemmBenchmark();
        var page = new StringWriter { NewLine = "\n" };
        benchmark.Run(Options.Parse(args, benchmark.OptionNames), page);
        return page.ToString();
    }
}
