namespace DistributedTrainer.Coordination.Tests;

public class CoordinatorEndTests
{
    [Fact]
    public void A_cancelled_run_stops_at_a_step_and_saves_it()
    {
        var cluster = Running();
        Assert.True(cluster.Logic.Cancel(new CancelJob("j1", "signal", 130), cluster.Now).Accepted);
        var result = cluster.ToEnd();
        Assert.Equal(("stopped", "signal", 130), (result.State, result.StopReason, result.ExitCode));
        Assert.InRange(result.Steps, 2, 20);
        Assert.Equal($"weights of version {result.Steps}", result.WeightsSha256);
        Assert.Equal(result.Steps, cluster.Events.OfType<EpochClosed>().Last().Row.Step);
    }

    [Fact]
    public void Only_the_leading_server_is_told_to_stop()
    {
        var cluster = Running();
        cluster.Logic.Cancel(new CancelJob("j1", "signal", 130), cluster.Now);
        cluster.ToEnd();
        Assert.All(cluster.Commands.Where(command => command.Message is StopSoon), command => Assert.Equal("n0", command.Node));
    }

    [Fact]
    public void The_first_cancel_counts()
    {
        var cluster = Running();
        cluster.Logic.Cancel(new CancelJob("j1", "first", 0), cluster.Now);
        cluster.Logic.Cancel(new CancelJob("j1", "second", 130), cluster.Now);
        Assert.Equal(("first", 0), (cluster.ToEnd().StopReason, cluster.Result()!.ExitCode));
    }

    [Fact]
    public void A_job_cancelled_before_it_began_stops_at_once()
    {
        var cluster = new PlayedCluster(nodes: 1);
        cluster.Submit(SmallJobs.Submit());
        cluster.Logic.Cancel(new CancelJob("j1", "cancelled", 0), cluster.Now);
        Assert.Equal(("stopped", "cancelled"), (cluster.ToEnd(boundSeconds: 2).State, cluster.Result()!.StopReason));
    }

    [Fact]
    public void A_cancelled_job_in_the_queue_never_runs()
    {
        var cluster = Running();
        cluster.Submit(SmallJobs.Submit(id: "j2"));
        cluster.Logic.Cancel(new CancelJob("j2", "cancelled", 0), cluster.Now);
        Assert.Equal("completed", cluster.ToEnd("j1").State);
        Assert.Equal("stopped", cluster.ToEnd("j2").State);
        Assert.DoesNotContain(cluster.Events.OfType<JobStarted>(), started => started.JobId == "j2");
    }

    [Fact]
    public void A_job_nobody_knows_cannot_be_cancelled()
    {
        var cluster = Running();
        var answer = cluster.Logic.Cancel(new CancelJob("j9", "cancelled", 0), cluster.Now);
        Assert.False(answer.Accepted);
        Assert.Contains("j1", answer.Reason);
    }

    [Fact]
    public void Time_stops_a_run()
    {
        var cluster = Running(job => job with { Stop = new StopSpec { Time = TimeSpan.FromSeconds(2) } });
        var result = cluster.ToEnd();
        Assert.Equal(("stopped", "time", 0), (result.State, result.StopReason, result.ExitCode));
        Assert.InRange(result.TrainSeconds, 2, 4);
    }

    [Fact]
    public void Steps_stop_a_run_within_an_epoch()
    {
        var cluster = Running(job => job with { Stop = new StopSpec { Steps = 6 } });
        var result = cluster.ToEnd();
        Assert.Equal(("completed", "steps", 6L), (result.State, result.StopReason, result.Steps));
    }

    [Fact]
    public void Patience_saves_the_best_version()
    {
        var cluster = Running(job => job with { Stop = new StopSpec { Patience = 2 } }, version => version == 8 ? 0.1 : 1);
        var result = cluster.ToEnd();
        Assert.StartsWith("patience", result.StopReason);
        Assert.Equal((4, 16L), (result.Epochs, result.Steps));
        Assert.Equal("weights of version 8", result.WeightsSha256);
        Assert.All(
            cluster.Commands.Select(command => command.Message).OfType<DecideEpoch>(),
            decision => Assert.Equal((decision.Version is 4 or 8, decision.Version == 16), (decision.KeepBest, decision.Stop)));
    }

    [Fact]
    public void A_failure_that_a_node_reports_ends_the_run_with_its_words()
    {
        var cluster = Running();
        cluster.Tell("run failed", logic => logic.Handle(new RunFailed("j1", "n1", "the loss is NaN in step 3, shard 5"), cluster.Now));
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 1, "the loss is NaN in step 3, shard 5"), (result.State, result.ExitCode, result.StopReason));
    }

    [Fact]
    public void A_failure_of_another_job_does_not_matter()
    {
        var cluster = Running();
        cluster.Tell("run failed", logic => logic.Handle(new RunFailed("j0", "n1", "late"), cluster.Now));
        Assert.Equal("completed", cluster.ToEnd().State);
    }

    [Fact]
    public void A_model_that_cannot_be_written_fails_the_run()
    {
        var cluster = Running();
        cluster.Loses = (_, name) => name == "model saved";
        cluster.Until(() => cluster.Commands.Exists(command => command.Message is SaveModel), "the end of training");
        cluster.Tell("model not saved", logic => logic.Handle(new ModelSaved("j1", "", "", false, 0, [], [], "disk full"), cluster.Now));
        Assert.Equal(("failed", 1, "disk full"), (cluster.ToEnd().State, cluster.Result()!.ExitCode, cluster.Result()!.StopReason));
    }

    [Fact]
    public void A_saver_that_never_answers_ends_the_run_within_the_bound()
    {
        var cluster = Running();
        cluster.Loses = (_, name) => name == "model saved";
        var result = cluster.ToEnd(boundSeconds: 330);
        Assert.Equal(("failed", 1), (result.State, result.ExitCode));
        Assert.Contains("n0", result.StopReason);
    }

    [Fact]
    public void A_late_follower_hears_what_it_missed()
    {
        var cluster = Running();
        cluster.ToEnd();
        var replayed = cluster.Logic.Replay("j1");
        Assert.IsType<JobAccepted>(replayed[0]);
        Assert.IsType<JobStarted>(replayed[1]);
        Assert.Equal(cluster.Events.OfType<EpochClosed>(), replayed.OfType<EpochClosed>());
        Assert.Equal(cluster.Events.OfType<ClusterChanged>(), replayed.OfType<ClusterChanged>());
        Assert.IsType<JobFinished>(replayed[^1]);
        Assert.Empty(cluster.Logic.Replay("j9"));
    }

    private static PlayedCluster Running(Func<Job, Job>? change = null, Func<long, double>? loss = null)
    {
        var cluster = new PlayedCluster();
        if (loss is not null)
            cluster.Training.Loss = loss;
        cluster.Submit(SmallJobs.Submit(job => (change ?? (same => same))(job with { Epochs = 10 })));
        cluster.Until(() => cluster.Training.Version > 1, "a step");
        return cluster;
    }
}
