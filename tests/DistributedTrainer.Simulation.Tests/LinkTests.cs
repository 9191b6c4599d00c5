using Xunit.Abstractions;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// Two of several nodes lose each other and nobody else: of all faults the one where both ends live and go on. Few of all stories are of this
/// kind, so these are: a plain <c>dotnet test</c> plays three hundred, DTRAIN_SIMULATION_LINKS sets another number and, before it, the first
/// seed; one number alone is played with its trace.
/// </summary>
public sealed class LinkTests(ITestOutputHelper output)
{
    private const int Few = 300;
    private const int MostReports = 10;
    private static readonly FaultKind[] Kinds = [FaultKind.BreakLink, FaultKind.CutLink];

    [Fact]
    public void No_range_is_lost_with_a_link()
    {
        var (first, count) = SeedTests.Numbers("DTRAIN_SIMULATION_LINKS") switch { [var seed] => (seed, 1), [var seed, var stories] => (seed, stories), _ => (0, Few) };
        var outcomes = Lanes.Play(Enumerable.Range(first, count), (seed, lane) => Simulation.Play(Of(seed), lane, keepsTrace: count == 1));
        var failed = outcomes.Where(outcome => outcome.Violation is not null).ToList();
        output.WriteLine($"{outcomes.Count} stories, {failed.Count} failed");
        foreach (var line in outcomes.SelectMany(outcome => outcome.Trace))
            output.WriteLine(line);
        foreach (var outcome in failed)
            output.WriteLine($"seed {outcome.Story.Seed}: {outcome.Violation!.Split('\n')[0]}");
        Assert.True(failed.Count == 0, string.Join("\n\n", failed.Take(MostReports).Select(outcome =>
            $"{outcome.Violation}\n{outcome.Story.Describe()}\nReplay it alone: DTRAIN_SIMULATION_LINKS={outcome.Story.Seed} dotnet test tests/DistributedTrainer.Simulation.Tests")));
    }

    private static Story Of(int seed)
    {
        var chance = new Random(seed ^ 0x11c5);
        return Story.Of(seed) with
        {
            Nodes = 3 + chance.Next(2),
            Replicas = 1,
            HasCheckpoints = false,
            Faults = [new Fault(Kinds[chance.Next(Kinds.Length)], chance.Next(22), TimeSpan.FromSeconds(8), chance.Next(12), TimeSpan.FromSeconds(2 * chance.NextDouble()))],
        };
    }
}
