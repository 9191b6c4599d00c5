using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class ResumedReportTests : IDisposable
{
    private readonly string _working = Directory.CreateTempSubdirectory("dtrain-resume-").FullName;

    public void Dispose() => Directory.Delete(_working, recursive: true);

    [Fact]
    public void TheNewestFolderOfTheJobIsTaken()
    {
        var paths = Enumerable.Range(0, 3).Select(_ => ReportFolder.Create(null, Samples.Job, _working).Path).ToList();

        var report = ReportFolder.Resume(null, Samples.Job, _working);

        Assert.Equal((paths[^1], true), (report.Path, report.IsResumed));
    }

    [Theory, InlineData(null), InlineData("new"), InlineData("empty")]
    public void WhereThereIsNoneANewOneIsMade(string? asked)
    {
        Directory.CreateDirectory(Path.Combine(_working, "empty"));

        var report = ReportFolder.Resume(asked, Samples.Job, _working);

        Assert.False(report.IsResumed);
        Assert.Equal(Path.Combine(_working, asked ?? Path.Combine("runs", "digits-1")), report.Path);
    }

    [Fact]
    public void AFolderOfSomethingElseIsRefused()
    {
        File.WriteAllText(Path.Combine(_working, "thesis.txt"), "");

        var error = Assert.Throws<CommandException>(() => ReportFolder.Resume(".", Samples.Job, _working));
        Assert.Equal(ExitCode.WrongInput, error.ExitCode);
        Assert.Contains("holds no run: job.yaml is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsThereStaysUntilTheRunBegins()
    {
        ReportFolder.Create("run", Samples.Job, _working);
        var history = Path.Combine(_working, "run", ReportFolder.HistoryFile);
        File.WriteAllText(history, "epoch,step\n1,45\n");
        var changed = Samples.Job with { Epochs = 9 };

        var report = ReportFolder.Resume("run", changed, _working);
        new HistoryWriter(history, keepsEarlier: true).Dispose();
        report.Discard();
        Assert.Equal(JobFile.Format(Samples.Job), File.ReadAllText(report.PathOf(ReportFolder.JobFileName)));
        Assert.Equal("epoch,step\n1,45\n", File.ReadAllText(history));

        report.Begin(changed);
        Assert.Equal(JobFile.Format(changed), File.ReadAllText(report.PathOf(ReportFolder.JobFileName)));
    }

    [Theory]
    [InlineData("epoch,step,learning_rate\n1,45,0.1\n2,90,0.1\n", 90)]
    [InlineData("epoch,step,learning_rate\n1,45,0.1\n2,9", 45)]
    [InlineData("epoch,step,learning_rate\n", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    public void StepsOfTheEarlierRunAreThoseOfItsHistory(string? history, long expected)
    {
        var report = ReportFolder.Create("run", Samples.Job, _working);
        if (history is not null)
            File.WriteAllText(report.PathOf(ReportFolder.HistoryFile), history);

        Assert.Equal(0, EarlierRun.StepsIn(report));
        Assert.Equal(expected, EarlierRun.StepsIn(ReportFolder.Resume("run", Samples.Job, _working)));
    }

    [Theory, InlineData(60L, 30), InlineData(90L, 0), InlineData(100L, 0), InlineData(null, 90)]
    public void StepsAfterTheCheckpointWereRepeated(long? from, long expected)
    {
        var finished = Samples.Finished();
        var record = (Samples.Record with { EarlierSteps = 90 }).With(finished with { Result = finished.Result with { ResumedFrom = from } });

        Assert.Equal(expected, record.Result!.StepsRepeated);
    }

    [Fact]
    public void CheckpointsLieInTheReportUnlessTheJobSaysOtherwise()
    {
        var report = ReportFolder.Create("run", Samples.Job, _working);
        Assert.Equal(report.PathOf("checkpoints"), Of(new CheckpointSpec(), report, resume: false));
        Assert.Equal("/saved", Of(new CheckpointSpec { Path = "/saved" }, report, resume: false));
        Assert.Equal("/saved", Of(new CheckpointSpec { Path = "/saved" }, null, resume: true));
        Assert.Null(Of(new CheckpointSpec(), null, resume: false));
        Assert.Null(Of(new CheckpointSpec { Every = CheckpointInterval.Never }, report, resume: false));
        Assert.Equal(report.PathOf("checkpoints"), Of(new CheckpointSpec { Every = CheckpointInterval.Never }, report, resume: true));
        Assert.Throws<CommandException>(() => Of(new CheckpointSpec(), null, resume: true));

        static string? Of(CheckpointSpec checkpoint, ReportFolder? report, bool resume) =>
            CheckpointPath.Of(Samples.Job with { Checkpoint = checkpoint }, report, resume);
    }
}
