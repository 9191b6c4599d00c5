namespace DistributedTrainer.Benchmarks;

/// <summary>One subcommand: measures and writes a markdown page, which is committed under bench/results.</summary>
public interface IBenchmark
{
    /// <summary>Name of the subcommand.</summary>
    string Name { get; }

    /// <summary>One line for the usage text.</summary>
    string Summary { get; }

    /// <summary>Options it knows, without the dashes.</summary>
    IReadOnlyList<string> OptionNames { get; }

    void Run(Options options, TextWriter page);
}
