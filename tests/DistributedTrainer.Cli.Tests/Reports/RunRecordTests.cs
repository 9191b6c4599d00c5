using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class RunRecordTests
{
    [Fact]
    public void RepeatedEventsChangeNothing()
    {
        JobEvent[] events = [Samples.Started, Samples.Step(20), Samples.Epoch(1), Samples.Epoch(2), Change, Samples.Finished()];
        var record = events.Aggregate(Samples.Record, (run, jobEvent) => run.With(jobEvent));

        // A coordinator that moved tells the tale again.
        foreach (var jobEvent in events.SkipLast(1))
            Assert.Same(record, record.With(jobEvent) == record ? record : null);
    }

    [Fact]
    public void EventsOfOtherJobsAreNotOurs() => Assert.Same(Samples.Record, Samples.Record.With(Samples.Started with { JobId = "other" }));

    [Fact]
    public void AnUnfinishedRunSaysWhatWasSeenOfIt()
    {
        JobEvent[] events = [Samples.Started, Samples.Epoch(1), Samples.Step(60), Change];
        var result = events.Aggregate(Samples.Record, (run, jobEvent) => run.With(jobEvent)).Unfinished("failed", "node-2 died", ExitCode.Failed);

        Assert.Equal(("failed", "node-2 died", ExitCode.Failed), (result.State, result.StopReason, result.ExitCode));
        Assert.Equal((60, 1, 3, 0.7), (result.Steps, result.Epochs, result.Nodes, result.TrainLoss));
        Assert.Equal("", result.WeightsSha256);
        Assert.Equal([Change.Change], result.Events);
    }

    private static ClusterChanged Change { get; } = new(Samples.JobId, new RunEvent(0.5, 3, "node-left", "b:1", "politely"));
}
