using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// Stories of faults, one a seed. A plain <c>dotnet test</c> plays two hundred; DTRAIN_SIMULATION_SEEDS sets another number,
/// DTRAIN_SIMULATION_FIRST the seed that they begin at, and DTRAIN_SIMULATION_SEED plays one alone, with its trace, or a few that it lists.
/// </summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int Few = 200;
    private const int MostReports = 10;

    [Fact]
    public void Every_story_ends_as_if_nothing_had_happened()
    {
        var chosen = Numbers("DTRAIN_SIMULATION_SEED");
        if (chosen is [var alone])
        {
            Replay(alone);
            return;
        }

        var first = Numbers("DTRAIN_SIMULATION_FIRST") is [var begin] ? begin : 0;
        var seeds = chosen.Length > 0 ? chosen : Enumerable.Range(first, Numbers("DTRAIN_SIMULATION_SEEDS") is [var count] ? count : Few);
        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var outcomes = Lanes.Play(seeds, (seed, lane) => Simulation.Play(seed, lane));
        var failed = outcomes.Where(outcome => outcome.Violation is not null).ToList();
        output.WriteLine(FormattableString.Invariant(
            $"{outcomes.Count} stories, {failed.Count} failed, {outcomes.Sum(outcome => outcome.Events)} events, {outcomes.Sum(outcome => outcome.Lasted.TotalHours):0.0} hours of theirs in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.0} s of processors"));
        foreach (var outcome in failed)
            output.WriteLine($"seed {outcome.Story.Seed}: {outcome.Violation!.Split('\n')[0]}");
        Assert.True(failed.Count == 0, string.Join("\n\n", failed.Take(MostReports).Select(outcome => outcome.Report())));
    }

    internal static int[] Numbers(string variable) =>
        [.. (Environment.GetEnvironmentVariable(variable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))];

    private void Replay(int seed)
    {
        var outcome = Lanes.Play([seed], (_, lane) => Simulation.Play(seed, lane, keepsTrace: true)).Single();
        output.WriteLine(outcome.Story.Describe());
        foreach (var line in outcome.Trace)
            output.WriteLine(line);
        Assert.True(outcome.Violation is null, outcome.Report());
    }
}
