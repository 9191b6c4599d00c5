namespace DistributedTrainer.Coordination.Tests;

public class ReadyJobTests
{
    public static TheoryData<string> Names => ReadyJobs.Names;

    [Fact]
    public void All_promised_jobs_are_there() => Assert.Superset(
        new HashSet<string>
        {
            "textbook-gd.yaml", "textbook-adam.yaml", "diabetes-linear.yaml", "breast-cancer-logistic.yaml", "digits-softmax.yaml",
            "digits-mlp.yaml", "mnist-mlp.yaml", "mnist-lenet.yaml", "mnist-cnn.yaml",
        },
        Directory.GetFiles(ReadyJobs.Folder, "*.yaml").Select(file => Path.GetFileName(file)).ToHashSet());

    [Theory, MemberData(nameof(Names))]
    public void Has_its_file_name(string name) => Assert.Equal(Path.GetFileNameWithoutExtension(name), ReadyJobs.Parse(name).Name);

    [Theory, MemberData(nameof(Names))]
    public void Formatted_and_parsed_again_is_the_same_job(string name)
    {
        var job = ReadyJobs.Parse(name);
        var text = JobFile.Format(job);
        var again = JobFile.Parse(text, Path.Combine(Path.GetTempPath(), "elsewhere", "job.yaml"));
        Assert.Equal(text, JobFile.Format(again));
        Assert.Equal(JobFile.RecipeSha256(job), JobFile.RecipeSha256(again));
    }

    [Fact]
    public void No_two_share_a_recipe()
    {
        string[] files = Directory.GetFiles(ReadyJobs.Folder, "*.yaml");
        Assert.Equal(files.Length, files.Select(file => JobFile.RecipeSha256(JobFile.Parse(File.ReadAllText(file), file))).Distinct().Count());
    }
}
