using Akka.Configuration;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

public sealed class FolderRulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Allowed => Path.Combine(_folder.Path, "data");

    public FolderRulesTests()
    {
        Directory.CreateDirectory(Path.Combine(Allowed, "deep"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "database"));
        File.WriteAllText(Path.Combine(Allowed, "table.csv"), "x,y\n1,2\n");
        File.WriteAllText(Path.Combine(_folder.Path, "secret.csv"), "x,y\n1,2\n");
        File.CreateSymbolicLink(Path.Combine(Allowed, "link.csv"), Path.Combine("..", "secret.csv"));
        Directory.CreateSymbolicLink(Path.Combine(Allowed, "way-out"), _folder.Path);
        File.CreateSymbolicLink(Path.Combine(Allowed, "inside.csv"), "table.csv");
        File.CreateSymbolicLink(Path.Combine(Allowed, "circle"), "circle");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data/table.csv", true)]
    [InlineData("data/deep/not-there-yet.csv", true)]
    [InlineData("data/inside.csv", true)]
    [InlineData("data", true)]
    [InlineData("data/deep/../table.csv", true)]
    [InlineData("secret.csv", false)]
    [InlineData("data/../secret.csv", false)]
    [InlineData("data/link.csv", false)]
    [InlineData("data/way-out/secret.csv", false)]
    [InlineData("data/way-out/data/table.csv", true)] // in the end it is inside
    [InlineData("data/circle", false)]
    [InlineData("database/table.csv", false)]
    [InlineData("", false)]
    public void A_path_counts_where_it_really_leads(string path, bool isAllowed)
    {
        var refusal = Rules([Allowed], ["any"]).Refusal(Submission(Path.Combine(_folder.Path, path)));
        Assert.Equal(isAllowed, refusal is null);
        if (refusal is not null)
            Assert.Contains($"this node lets jobs use {Allowed} only; put it there, or add its folder to dtrain.folders.read", refusal);
    }

    [Fact]
    public void What_is_written_has_folders_of_its_own()
    {
        var rules = Rules(["any"], [Allowed]);
        var submission = Submission("/etc/hostname");
        Assert.Null(rules.Refusal(submission));
        Assert.Null(rules.Refusal(submission with { CheckpointFolder = Path.Combine(Allowed, "checkpoints") }));
        Assert.Contains("dtrain.folders.write", rules.Refusal(submission with { CheckpointFolder = "/etc/cron.d" }));
        Assert.Contains("dtrain.folders.write", rules.Refusal(submission with { ModelFolder = Path.Combine(Allowed, "..", "elsewhere") }));
    }

    [Fact]
    public void Every_file_that_a_job_names_counts()
    {
        string Inside(string name) => Path.Combine(Allowed, name);
        DataSpec[] bad =
        [
            new CsvData("/etc/passwd", "y"),
            new IdxData(Inside("a"), "/etc/passwd"),
            new NpyData("/etc/passwd", Inside("a")),
            new MnistData("/etc"),
            new CsvData(Inside("table.csv"), "y") { ValidationFiles = new DataFiles("/etc/passwd") },
            new IdxData(Inside("a"), Inside("b")) { TestFiles = new DataFiles(Inside("a"), "/etc/passwd") },
        ];
        foreach (var spec in bad)
            Assert.Contains("/etc", Rules([Allowed], ["any"]).Refusal(Submission(spec)));
        Assert.Null(Rules([Allowed], []).Refusal(Submission(new BuiltInData("digits"))));
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("")]
    public void An_id_that_would_be_a_path_is_refused(string id) =>
        Assert.Contains("the job's id", Rules(["any"], ["any"]).Refusal(Submission("/x") with { JobId = id }));

    [Fact]
    public void Auto_is_any_where_only_this_machine_reaches_the_node()
    {
        Assert.Null(Rules(["auto"], ["auto"], thisMachineOnly: true).Refusal(Submission("/etc/hostname")));
        var wide = Rules(["auto"], ["auto"], thisMachineOnly: false);
        Assert.Contains(Environment.CurrentDirectory, wide.Refusal(Submission("/etc/hostname")));
        Assert.Null(wide.Refusal(Submission(Path.Combine(Environment.CurrentDirectory, "table.csv"))));
    }

    [Fact]
    public void A_relative_folder_is_the_users_mistake() =>
        Assert.Contains("dtrain.folders.read: 'data' is not allowed", Assert.Throws<NodeStartException>(() => Rules(["data"], [])).Message);

    [Fact]
    public async Task A_client_is_told()
    {
        await using var cluster = await TestCluster.Start(1, new NodeOptions { Hocon = $$"""dtrain.folders.read = ["{{Allowed}}"]""" });
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Wait.Bound);
        var job = SmallJobs.Digits with { Data = new CsvData("/etc/passwd", "y") };
        var error = await Assert.ThrowsAsync<NodeStartException>(() => client.SubmitAsync(new JobSubmission("job", JobFile.Format(job), 1, 0, 0, null), Wait.Bound));
        Assert.Contains("/etc/passwd: this node lets jobs use", error.Message);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public async Task A_job_that_comes_past_the_door_is_not_opened()
    {
        // The launcher hands its job to the node itself; whoever sends commands to a node comes this way too.
        await using var cluster = await TestCluster.Start(1, new NodeOptions { Hocon = $$"""dtrain.folders.read = ["{{Allowed}}"]""" });
        cluster.Submit(SmallJobs.Digits with { Data = new CsvData("/etc/passwd", "y") });
        var end = await cluster.Hears<JobFinished>(_ => true, "the end");
        Assert.Contains("/etc/passwd: this node lets jobs use", end.Result.StopReason);
    }

    private static FolderRules Rules(string[] read, string[] write, bool thisMachineOnly = false) => FolderRules.Read(
        ConfigurationFactory.ParseString($"dtrain.folders {{ read = [{Quoted(read)}], write = [{Quoted(write)}] }}"), thisMachineOnly);

    private static string Quoted(string[] folders) => string.Join(", ", folders.Select(folder => $"\"{folder}\""));

    private static SubmitJob Submission(string path) => Submission(new CsvData(path, "y"));

    private static SubmitJob Submission(DataSpec data) => new("job", JobFile.Format(SmallJobs.Digits with { Data = data }), 1, 0, 0, null);
}
