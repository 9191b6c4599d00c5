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
        using var lane = new Lane();
        var found = Enumerable.Range(0, MostSeeds).Select(seed => Simulation.Play(seed, lane, defect.Plant)).FirstOrDefault(outcome => outcome.Violation is not null);
        Assert.True(found is not null, $"{MostSeeds} stories with this defect went well: {name}");
        output.WriteLine(found.Report());
    }

    [Fact]
    public void A_seed_means_one_story_and_no_other()
    {
        using var one = new Lane();
        using var other = new Lane();
        for (var seed = 0; seed < 20; seed++)
            Assert.Equal(Simulation.Play(seed, one).Fingerprint, Simulation.Play(seed, other, keepsTrace: true).Fingerprint);
    }
}
