using Xunit.Abstractions;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>The simulator finds what it is there to find: each rule that is switched off shows within some hundred seeds.</summary>
public sealed class DefectTests(ITestOutputHelper output)
{
    private const int MostSeeds = 300;

    public static TheoryData<string> Names => [.. Defects.All.Select(defect => defect.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_defect_is_found(string name)
    {
        var defect = Defects.All.Single(candidate => candidate.Name == name);
        var outcomes = Lanes.Play(Enumerable.Range(0, MostSeeds), (seed, lane) => Simulation.Play(seed, lane, defect.Plant), untilFound: true);
        var found = outcomes.FirstOrDefault(outcome => outcome.Violation is not null);
        Assert.True(found is not null, $"{MostSeeds} stories with this defect went well: {name}");
        output.WriteLine(found.Report());
    }

    [Fact]
    public void A_seed_means_one_story_and_no_other()
    {
        var once = Lanes.Play(Enumerable.Range(0, 20), (seed, lane) => Simulation.Play(seed, lane));
        var again = Lanes.Play(Enumerable.Range(0, 20), (seed, lane) => Simulation.Play(seed, lane, keepsTrace: true));
        Assert.Equal(once.Select(outcome => outcome.Fingerprint), again.Select(outcome => outcome.Fingerprint));
    }
}
