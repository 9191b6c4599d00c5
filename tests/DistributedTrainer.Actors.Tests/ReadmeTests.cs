using System.Text.RegularExpressions;
using DistributedTrainer.Coordination;
using ReadmeSamples;

namespace DistributedTrainer.Actors.Tests;

/// <summary>What the README shows is what compiles and runs.</summary>
public partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(ReadyJobs.PathOf("../README.md"));

    [Fact]
    public void Sample_is_the_compiled_one()
    {
        var source = File.ReadAllText(ReadyJobs.PathOf("../tests/DistributedTrainer.Actors.Tests/ReadmeSample.cs"));
        Assert.Equal($"{Region(source, "usings")}\n\n{Region(source, "sample")}", CSharpBlock().Match(Readme).Groups[1].Value);
    }

    [Fact]
    public async Task Sample_is_the_job_file_and_ends_at_its_hash()
    {
        var folder = Directory.CreateTempSubdirectory("dtrain-readme-");
        try
        {
            var (job, result) = await ReadmeSample.RunAsync(folder.FullName);
            Assert.Equal(JobFile.RecipeSha256(ReadyJobs.Read("digits-mlp.yaml")), JobFile.RecipeSha256(job));
            Assert.Equal(RecordedHashes.Read()["digits-mlp.yaml"], result.WeightsSha256);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Its_hash_is_the_recorded_one() => Assert.Equal(
        [RecordedHashes.Read()["digits-mlp.yaml"]], Hash().Matches(Readme).Select(match => match.Value).Distinct());

    /// <summary>The lines of a region without their common indentation.</summary>
    private static string Region(string source, string name)
    {
        var lines = Regex.Match(source, $@"#region {name}\n(.*?)\n *#endregion", RegexOptions.Singleline).Groups[1].Value.Split('\n');
        var indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indentation..]));
    }

    [GeneratedRegex(@"```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b")]
    private static partial Regex Hash();
}
