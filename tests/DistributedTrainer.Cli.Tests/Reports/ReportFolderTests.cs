using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class ReportFolderTests : IDisposable
{
    private readonly string _working = Directory.CreateTempSubdirectory("dtrain-report-").FullName;

    public void Dispose() => Directory.Delete(_working, recursive: true);

    [Fact]
    public void RunsAreNumberedFromTheFirstFreeOne()
    {
        Directory.CreateDirectory(Path.Combine(_working, "runs", "digits-2"));

        var paths = Enumerable.Range(0, 3).Select(_ => ReportFolder.Create(null, Samples.Job, _working).Path);

        Assert.Equal(["digits-1", "digits-3", "digits-4"], paths.Select(Path.GetFileName));
    }

    [Fact]
    public void TheJobIsWrittenAsRun()
    {
        var report = ReportFolder.Create("here", Samples.Job, _working);

        var path = report.PathOf(ReportFolder.JobFileName);
        Assert.Equal(JobFile.Format(Samples.Job), File.ReadAllText(path));
    }

    [Fact]
    public void AnEmptyFolderWillDoAndAnotherWillNot()
    {
        Directory.CreateDirectory(Path.Combine(_working, "empty"));
        Directory.CreateDirectory(Path.Combine(_working, "full"));
        File.WriteAllText(Path.Combine(_working, "full", "thesis.txt"), "");

        ReportFolder.Create("empty", Samples.Job, _working);
        Assert.Contains("not empty", Error("full"), StringComparison.Ordinal);
        Assert.Contains("not empty", Error("empty"), StringComparison.Ordinal);
        Assert.Contains("is a file", Error("full/thesis.txt"), StringComparison.Ordinal);

        string Error(string folder) => Assert.Throws<CommandException>(() => ReportFolder.Create(folder, Samples.Job, _working)).Message;
    }

    [Fact]
    public void DiscardingLeavesWhatWasThereBefore()
    {
        ReportFolder.Create(null, Samples.Job, _working).Discard();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_working));

        Directory.CreateDirectory(Path.Combine(_working, "mine"));
        ReportFolder.Create("mine", Samples.Job, _working).Discard();
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(_working).Select(Path.GetFileName));
    }

    [Fact]
    public void NamesOfJobsBecomeNamesOfFolders()
    {
        var report = ReportFolder.Create(null, Samples.Job with { Name = "../a b/ü" }, _working);

        Assert.Equal(Path.Combine(_working, "runs", "a-b-1"), report.Path);
    }
}
