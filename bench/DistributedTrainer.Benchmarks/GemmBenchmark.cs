using System.Globalization;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Benchmarks;

/// <summary>Our matrix products against OpenBLAS's sgemm, one core each, in one run.</summary>
public sealed class GemmBenchmark : IBenchmark
{
    public string Name => "gemm";

    public string Summary => "matrix products against OpenBLAS, one core: [--seconds 1] [--turn-ms 1] [--shapes all|smoke] [--only TEXT]";

    public IReadOnlyList<string> OptionNames { get; } = ["seconds", "turn-ms", "shapes", "only"];

    public void Run(Options options, TextWriter page)
    {
        var seconds = options.Number("seconds", 1);
        var turnMilliseconds = options.Number("turn-ms", 1);
        var only = options.Text("only", "");
        var shapes = options.Text("shapes", "all") switch
        {
            "all" => GemmShape.All(),
            "smoke" => GemmShape.Smoke(),
            var other => throw new FormatException($"--shapes is '{other}'; allowed are all and smoke"),
        };
        var peer = OpenBlas.Find();
        WriteHeader(page, peer, seconds, turnMilliseconds);
        foreach (var shape in shapes.Where(shape => shape.Name.Contains(only, StringComparison.Ordinal)))
        {
            using var products = new GemmProducts(shape);
            Action? peerTurn = peer is null ? null : () => products.Theirs(peer);
            var (ours, theirs, ratio) = Duel.Fight(products.Ours, peerTurn, seconds, 1e-3 * turnMilliseconds);
            WriteRow(page, shape, ours, theirs, ratio);
        }
    }

    private static void WriteHeader(TextWriter page, OpenBlas? peer, double seconds, double turnMilliseconds)
    {
        page.WriteLine("# Matrix products against OpenBLAS, one core");
        page.WriteLine();
        page.WriteLine("    dotnet run -c Release --project bench/DistributedTrainer.Benchmarks -- gemm"
            + FormattableString.Invariant($" --seconds {seconds} --turn-ms {turnMilliseconds}"));
        page.WriteLine();
        page.WriteLine($"- {Machine.Description}, {VectorPath.Current}");
        page.WriteLine(peer is null
            ? "- OpenBLAS was not found (Debian and Ubuntu: `apt-get install libopenblas0-pthread`): ours alone"
            : $"- {peer.Description}, one thread");
        page.WriteLine(FormattableString.Invariant($"- The sides take turns of {turnMilliseconds} ms for {seconds} s a shape;")
            + " speeds are medians over turns,");
        page.WriteLine("  the ratio, ours ÷ OpenBLAS, is the median over pairs of turns.");
        page.WriteLine("- Operands lie in cache from turn to turn as far as they fit. OpenBLAS has no operands packed before and no shards:");
        page.WriteLine("  there it does the plain product.");
        page.WriteLine();
        page.WriteLine("| product | ours GFLOP/s | OpenBLAS GFLOP/s | ratio | asked |");
        page.WriteLine("|---|---:|---:|---:|---:|");
    }

    private static void WriteRow(TextWriter page, GemmShape shape, double ours, double theirs, double ratio)
    {
        var (m, n, k) = shape.Sizes;
        var giga = 2e-9 * m * n * k;
        var target = shape.Target is { } asked ? "≥ " + Number(asked, "F2") : "";
        var speeds = $"{Number(giga / ours, "F1")} | {Number(giga / theirs, "F1")}";
        page.WriteLine($"| {shape.Name} | {speeds} | {Number(ratio, "F2")} | {target} |");
        page.Flush();
    }

    private static string Number(double value, string format) =>
        double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
