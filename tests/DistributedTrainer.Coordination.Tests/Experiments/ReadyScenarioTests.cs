using System.Text.RegularExpressions;
using NJsonSchema;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>The scenarios that the repository carries, and those that its pages show.</summary>
public partial class ReadyScenarioTests
{
    private static readonly string Folder = Path.Combine(ReadyJobs.Folder, "..", "cluster-configs", "experiments");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public async Task Can_happen(string name)
    {
        var file = Path.Combine(Folder, name);
        var text = File.ReadAllText(file);
        var scenario = ScenarioFile.Parse(text, file);
        Assert.Equal(Path.GetFileNameWithoutExtension(name), scenario.Name);
        var job = JobFile.Parse(File.ReadAllText(scenario.Job), scenario.Job, scenario.Set);
        // 60,000 rows of MNIST
        ScenarioFile.CheckAgainstJob(scenario, text, file, job, new RunPlan(job, 60_000).StepsPerEpoch);
        Assert.Empty((await JsonSchema.FromJsonAsync(ScenarioFile.Schema())).Validate(YamlJson.Of(text)));
        Assert.True(scenario.Expect.SameWeights);
    }

    [Fact]
    public void There_is_one_for_each_kind_of_failure()
    {
        var scenarios = Directory.GetFiles(Folder, "*.yaml").Select(file => ScenarioFile.Parse(File.ReadAllText(file), file)).ToList();
        var done = scenarios.SelectMany(scenario => scenario.Events).ToList();
        foreach (var victim in (VictimKind[])[VictimKind.Worker, VictimKind.Server, VictimKind.Coordinator, VictimKind.All])
            Assert.Contains(done, e => e is KillEvent kill && kill.Victim.Kind == victim);
        Assert.Contains(done, e => e is StopEvent { Victim.Kind: VictimKind.Worker });
        Assert.Contains(done, e => e is StopEvent { Victim.Kind: VictimKind.Server });
        Assert.Contains(done, e => e is SlowEvent);
        Assert.Contains(done, e => e is PartitionEvent);
        Assert.Contains(done, e => e is DelayEvent);
        Assert.Contains(done, e => e is AddEvent);
        Assert.Contains(scenarios, scenario => scenario.Random is not null);
    }

    [Fact]
    public void What_the_page_shows_can_be_copied()
    {
        var blocks = Yaml().Matches(File.ReadAllText(Path.Combine(ReadyJobs.Folder, "..", "docs", "experiments.md"))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
            ScenarioText.Parse(block);
    }

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
