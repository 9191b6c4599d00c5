using CsCheck;

namespace DistributedTrainer.Coordination.Tests;

public class CoordinatorCheckpointTests
{
    [Fact]
    public void A_version_becomes_a_checkpoint_once_all_ranges_are_written()
    {
        var cluster = Running(every: 3);
        cluster.ToEnd();
        Assert.Equal([3L, 6L, 8L], cluster.Disk.Completed);
        Assert.All(cluster.Disk.Orders, order => Assert.Equal([0, 1], order.Parts.Select(text => PartReport.Parse(text).Range)));
        Assert.Equal(3, cluster.Changes("checkpoint").First().Step);
        Assert.Empty(cluster.Changes("checkpoint-failed"));
    }

    [Fact]
    public void The_coordinators_own_node_writes_the_manifest()
    {
        var cluster = Running(every: 3);
        cluster.ToEnd();
        Assert.All(cluster.Commands.Where(command => command.Message is CompleteCheckpoint or OpenCheckpoints), command => Assert.Equal("n0", command.Node));
    }

    [Fact]
    public void A_new_coordinator_that_knows_nothing_of_a_jobs_checkpoints_looks_for_them()
    {
        // Found by simulated stories: all who had the whole book died, and what they had written ended the job as that of an earlier run.
        var cluster = new PlayedCluster { Parameters = 5000, Loses = (_, name) => name == "checkpoints opened" };
        cluster.Disk.Found = PlayedDisk.At(6);
        cluster.Submit(Submit(every: 3));
        cluster.Until(() => cluster.Node("n1").Book.Count > 0, "a copy of the book's first entry");
        Assert.All(cluster.Commands.Select(command => command.Message).OfType<OpenCheckpoints>(), order => Assert.False(order.Resume));
        cluster.Loses = (_, _) => false;
        cluster.MoveCoordinator("n1");
        var result = cluster.ToEnd();
        Assert.Equal(("completed", 6L), (result.State, result.ResumedFrom));
    }

    [Fact]
    public void A_job_without_a_folder_asks_for_none()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Submit(SmallJobs.Submit());
        cluster.ToEnd();
        Assert.DoesNotContain(cluster.Commands, command => command.Message is OpenCheckpoints or CompleteCheckpoint);
    }

    [Fact]
    public void An_interrupted_run_ends_after_a_checkpoint_of_its_last_step()
    {
        var cluster = Running(every: 1000, epochs: 100);
        cluster.Until(() => cluster.Training.Version > 5, "some steps");
        cluster.Logic.Cancel(new CancelJob("j1", "interrupted", 130), cluster.Now);
        var result = cluster.ToEnd();
        Assert.Equal(("stopped", 130), (result.State, result.ExitCode));
        Assert.Equal([result.Steps], cluster.Disk.Completed);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_ends_the_job_before_it_begins()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.OpenError = "cannot write checkpoints to /checkpoints: Read-only file system";
        cluster.Submit(Submit(every: 3));
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2, cluster.Disk.OpenError), (result.State, result.ExitCode, result.StopReason));
        Assert.DoesNotContain(cluster.Commands, command => command.Message is OpenJob);
    }

    [Fact]
    public void A_part_that_cannot_be_written_is_told_once_and_the_run_goes_on()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Fails = (version, range) => range == 1 && version < 12 ? "No space left on device" : null;
        Run(cluster, every: 3, epochs: 5);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal([12L, 15L, 18L, 20L], cluster.Disk.Completed);
        var failed = Assert.Single(cluster.Changes("checkpoint-failed"));
        Assert.Equal("no checkpoint of step 3: node n1: No space left on device; the run goes on", failed.Detail);
    }

    [Fact]
    public void A_part_that_never_comes_is_given_up()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Fails = (version, range) => range == 1 && version == 3 ? "" : null;
        Run(cluster, every: 3, epochs: 2);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal([6L, 8L], cluster.Disk.Completed); // the next one makes it of no interest
    }

    [Fact]
    public void A_last_part_that_never_comes_does_not_keep_the_run_from_ending()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Fails = (version, range) => range == 1 ? "" : null;
        Run(cluster, every: 3, epochs: 2);
        var result = cluster.ToEnd(boundSeconds: 2 * cluster.Timeouts.LastCheckpoint.TotalSeconds);
        Assert.Equal("completed", result.State);
        Assert.Contains("waited 20 s for the run's last checkpoint", Assert.Single(cluster.Changes("checkpoint-failed")).Detail);
    }

    [Fact]
    public void A_manifest_that_cannot_be_written_is_told()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.CompleteError = version => version == 3 ? "the checkpoint folder must be one folder for all" : "";
        Run(cluster, every: 3, epochs: 2);
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Equal([6L, 8L], cluster.Disk.Completed);
        Assert.Contains("one folder for all", Assert.Single(cluster.Changes("checkpoint-failed")).Detail);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_resumed_run_ends_with_the_epochs_of_an_undisturbed_one(long version)
    {
        var plain = Running(every: 100);
        var undisturbed = plain.ToEnd();
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Found = PlayedDisk.At(version);
        cluster.Submit(Submit(every: 100) with { Resume = true });
        var result = cluster.ToEnd();
        Assert.Equal((undisturbed.Steps, undisturbed.Samples, undisturbed.Epochs, undisturbed.WeightsSha256), (result.Steps, result.Samples, result.Epochs, result.WeightsSha256));
        Assert.Equal(
            plain.Events.OfType<EpochClosed>().Select(epoch => (epoch.Row.Epoch, epoch.Row.Step, epoch.Row.TrainLoss)),
            cluster.Events.OfType<EpochClosed>().Select(epoch => (epoch.Row.Epoch, epoch.Row.Step, epoch.Row.TrainLoss)));
        Assert.Equal(version, result.ResumedFrom);
        var resumed = Assert.Single(cluster.Changes("resumed"));
        Assert.Equal((version, $"from /checkpoints/{version}"), (resumed.Step, resumed.Detail));
        Assert.All(cluster.Commands.Select(command => command.Message).OfType<OpenJob>(), open => Assert.Equal((version, $"/checkpoints/{version}"), (open.Version, open.Checkpoint)));
    }

    [Fact]
    public void Training_time_counts_on()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Found = PlayedDisk.At(5) with { TrainSeconds = 1000 };
        cluster.Submit(Submit(every: 100) with { Resume = true });
        Assert.InRange(cluster.ToEnd().TrainSeconds, 1000, 1010);
    }

    [Fact]
    public void A_resume_that_finds_nothing_begins_anew()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Submit(Submit(every: 100) with { Resume = true });
        Assert.Null(cluster.ToEnd().ResumedFrom);
        Assert.Empty(cluster.Changes("resumed"));
    }

    [Fact]
    public void Other_data_than_the_checkpoints_are_refused_with_both_hashes()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Found = PlayedDisk.At(5, dataSha256: "01d");
        cluster.Submit(Submit(every: 100) with { Resume = true });
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains("SHA-256 01d there, da1a now", result.StopReason);
    }

    [Fact]
    public void A_checkpoint_beyond_the_jobs_end_is_refused()
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        cluster.Disk.Found = PlayedDisk.At(9);
        cluster.Submit(Submit(every: 100) with { Resume = true });
        var result = cluster.ToEnd();
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains("stands at step 9, and the job now ends at step 8", result.StopReason);
    }

    [Fact]
    public void Lost_messages_cost_time_only() => Gen.UInt.Sample(
        seed =>
        {
            var random = new Random((int)seed);
            var cluster = new PlayedCluster { Loses = (_, _) => random.Next(3) == 0 };
            cluster.Disk.Found = PlayedDisk.At(13);
            cluster.Submit(Submit(every: 1000, epochs: 6) with { Resume = true });
            var result = cluster.ToEnd(boundSeconds: 200);
            Assert.Equal(("completed", 24L, 240L, 6), (result.State, result.Steps, result.Samples, result.Epochs));
            Assert.Equal([24L], cluster.Disk.Completed);
        },
        iter: 30);

    [Fact]
    public void A_coordinator_that_moves_goes_on_with_the_checkpoints()
    {
        var cluster = Running(every: 5, epochs: 10);
        cluster.Until(() => cluster.Training.Version > 12, "some steps");
        cluster.MoveCoordinator("n1");
        Assert.Equal("completed", cluster.ToEnd().State);
        Assert.Contains(40L, cluster.Disk.Completed);
        Assert.Contains(30L, cluster.Disk.Completed);
    }

    private static SubmitJob Submit(long every, int epochs = 2) =>
        SmallJobs.Submit(job => job with { Epochs = epochs, Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(every) } })
            with
        { CheckpointFolder = PlayedDisk.Folder };

    private static PlayedCluster Running(long every, int epochs = 2)
    {
        var cluster = new PlayedCluster { Parameters = 5000 }; // two ranges
        Run(cluster, every, epochs);
        return cluster;
    }

    private static void Run(PlayedCluster cluster, long every, int epochs)
    {
        cluster.Submit(Submit(every, epochs));
        cluster.Until(() => cluster.Training.Version > 0 || cluster.Result() is not null, "a step");
    }
}
