using DistributedTrainer.Benchmarks;

// Each benchmark is a subcommand; a new one is a line here and a class beside GemmBenchmark.
IBenchmark[] benchmarks = [new GemmBenchmark()];

var chosen = benchmarks.FirstOrDefault(benchmark => args.Length > 0 && benchmark.Name == args[0]);
if (chosen is null)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project bench/DistributedTrainer.Benchmarks -- BENCHMARK [options]");
    foreach (var benchmark in benchmarks)
        Console.Error.WriteLine($"  {benchmark.Name,-10} {benchmark.Summary}");
    return 2;
}

try
{
    chosen.Run(Options.Parse(args.AsSpan(1), chosen.OptionNames), Console.Out);
    return 0;
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
