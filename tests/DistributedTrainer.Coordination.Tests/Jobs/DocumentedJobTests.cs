using System.Text.RegularExpressions;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>What the pages show of job files can be copied: each block parses, with what it leaves out filled in.</summary>
public partial class DocumentedJobTests
{
    private static readonly string[] Rest =
    [
        "data: { source: digits, validation: 0.2 }", "model: [ dense: { units: 10 } ]", "loss: mse", "optimizer: { gd: { learning-rate: 0.1 } }",
    ];

    public static TheoryData<string, int> Blocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            foreach (var page in (ReadOnlySpan<string>)["README.md", "docs/jobs.md"])
            {
                for (var index = 0; index < BlocksOf(page).Count; index++)
                    blocks.Add(page, index);
            }

            return blocks;
        }
    }

    [Theory, MemberData(nameof(Blocks))]
    public void Parses(string page, int index)
    {
        var block = Elided().Replace(BlocksOf(page)[index], "");
        var keys = Key().Matches(block).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(keys);
        var text = string.Join('\n', Rest.Where(line => !keys.Contains(Key().Match(line).Value)).Prepend(block));
        JobFile.Parse(text, $"{page}, block {index + 1}");
    }

    [Fact]
    public void The_readme_shows_the_ready_job() => Assert.Equal(
        JobFile.RecipeSha256(ReadyJobs.Parse("digits-mlp.yaml")), JobFile.RecipeSha256(JobFile.Parse(BlocksOf("README.md")[0], "README.md")));

    private static IReadOnlyList<string> BlocksOf(string page) =>
        [.. Yaml().Matches(File.ReadAllText(Path.Combine(ReadyJobs.Folder, "..", page))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Yaml();

    /// <summary>A section that is shown further down.</summary>
    [GeneratedRegex("^[a-z-]+: ….*\n", RegexOptions.Multiline)]
    private static partial Regex Elided();

    [GeneratedRegex("^[a-z-]+(?=:)", RegexOptions.Multiline)]
    private static partial Regex Key();
}
