using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public class ResumeTests
{
    public static TheoryData<string> Shapes => SmallJobs.Names;

    /// <summary>From every kind of version: in an epoch, at its end, at the run's end; with other servers and threads.</summary>
    [Theory, MemberData(nameof(Shapes))]
    public async Task From_any_checkpoint_the_run_ends_with_the_same_bits(string shape)
    {
        var job = SmallJobs.Shapes[shape] with { Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(5), Keep = 1000 } };
        using var whole = new TemporaryFolder();
        var (undisturbed, told) = await CheckpointedRun.Train(job, whole.Path, servers: 2);
        Assert.Equal((await Plain(SmallJobs.Shapes[shape])).WeightsSha256, undisturbed.WeightsSha256);
        var versions = CheckpointedRun.Versions(whole.Path);
        Assert.Equal(undisturbed.Steps, versions[^1]);
        var servers = 1;
        foreach (var version in new[] { versions[0], versions[versions.Count / 2], versions[^1] }.Distinct())
        {
            using var folder = new TemporaryFolder();
            CheckpointedRun.CopyCheckpoint(whole.Path, version, folder.Path);
            var (resumed, retold) = await CheckpointedRun.Train(job, folder.Path, resume: true, servers: servers++, threads: servers);
            Assert.Equal(undisturbed.WeightsSha256, resumed.WeightsSha256);
            Assert.Equal(version, resumed.ResumedFrom);
            Assert.Equal((undisturbed.Steps, undisturbed.Samples, undisturbed.Epochs, undisturbed.TrainLoss), (resumed.Steps, resumed.Samples, resumed.Epochs, resumed.TrainLoss));
            Assert.Equal((undisturbed.Validation?.Loss, undisturbed.Test?.Loss), (resumed.Validation?.Loss, resumed.Test?.Loss));
            Assert.Equal(Rows(told), Rows(retold));
        }
    }

    [Fact]
    public async Task A_run_that_is_cut_off_is_resumed_again_and_again()
    {
        var job = Endless with { Stop = new StopSpec { Steps = 900 } };
        var expected = await Plain(job);
        using var folder = new TemporaryFolder();
        foreach (var version in new[] { 200, 400 })
        {
            await using var run = await CheckpointedRun.Start(job, folder.Path, resume: true);
            await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Any(written => written > version), $"a checkpoint after step {version}");
        }

        var (result, _) = await CheckpointedRun.Train(job, folder.Path, resume: true, servers: 3);
        Assert.Equal(expected.WeightsSha256, result.WeightsSha256);
        Assert.True(result.ResumedFrom > 400);
    }

    [Fact]
    public async Task An_interrupted_run_leaves_a_checkpoint_of_its_last_step_and_its_partial_epoch_is_not_counted_twice()
    {
        using var folder = new TemporaryFolder();
        JobResult stopped;
        await using (var run = await CheckpointedRun.Start(Endless with { Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(1_000_000) } }, folder.Path))
        {
            await Wait.Until(() => run.Heard.OfType<StepProgress>().Any(progress => progress.Step > 10), "some steps");
            run.Cancel();
            stopped = await run.Result();
        }

        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains(stopped.Steps, CheckpointedRun.Versions(folder.Path));
        var job = Endless with { Stop = new StopSpec { Steps = stopped.Steps + 50 } };
        var (result, _) = await CheckpointedRun.Train(job, folder.Path, resume: true);
        Assert.Equal(stopped.Steps, result.ResumedFrom);
        var plain = await Plain(job);
        Assert.Equal((plain.WeightsSha256, plain.Samples, plain.Epochs, plain.TrainLoss), (result.WeightsSha256, result.Samples, result.Epochs, result.TrainLoss));
    }

    [Fact]
    public async Task A_finished_run_goes_on_with_more_epochs()
    {
        using var folder = new TemporaryFolder();
        await CheckpointedRun.Train(SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 2 }, folder.Path);
        var (result, events) = await CheckpointedRun.Train(SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 3 }, folder.Path, resume: true);
        Assert.Equal((await Plain(SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 3 })).WeightsSha256, result.WeightsSha256);
        Assert.Equal([1, 2, 3], events.OfType<EpochClosed>().Select(epoch => epoch.Row.Epoch));
    }

    [Fact]
    public async Task A_clock_may_choose_the_steps()
    {
        using var folder = new TemporaryFolder();
        var job = Endless with { Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Seconds(0.2), Keep = 2 } };
        await using (var run = await CheckpointedRun.Start(job, folder.Path, servers: 3))
            await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Count == 2, "two checkpoints");
        var version = CheckpointedRun.Versions(folder.Path)[^1];
        var planned = job with { Stop = new StopSpec { Steps = version + 20 } };
        var (result, _) = await CheckpointedRun.Train(planned, folder.Path, resume: true);
        Assert.Equal((await Plain(planned)).WeightsSha256, result.WeightsSha256);
    }

    [Fact]
    public async Task A_resume_without_a_checkpoint_begins_anew()
    {
        using var folder = new TemporaryFolder();
        var (result, _) = await CheckpointedRun.Train(SmallJobs.Digits, folder.Path, resume: true);
        Assert.Equal((null, (await Plain(SmallJobs.Digits)).WeightsSha256), (result.ResumedFrom, result.WeightsSha256));
    }

    [Fact]
    public async Task A_new_run_does_not_write_over_an_earlier_one()
    {
        using var folder = new TemporaryFolder();
        await CheckpointedRun.Train(SmallJobs.Digits, folder.Path);
        var (result, _) = await CheckpointedRun.Train(SmallJobs.Digits, folder.Path);
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains("holds the checkpoints of an earlier run", result.StopReason);
    }

    [Fact]
    public async Task Another_recipe_is_refused()
    {
        using var folder = new TemporaryFolder();
        await CheckpointedRun.Train(SmallJobs.Digits, folder.Path);
        var (result, _) = await CheckpointedRun.Train(SmallJobs.Digits with { BatchSize = 16 }, folder.Path, resume: true);
        Assert.Equal(("failed", 2), (result.State, result.ExitCode));
        Assert.Contains("is of another recipe: batch-size was 32 and is 16", result.StopReason);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_named_and_the_one_before_it_used()
    {
        using var folder = new TemporaryFolder();
        var job = SmallJobs.Digits with { Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(30) } };
        await CheckpointedRun.Train(job, folder.Path);
        var versions = CheckpointedRun.Versions(folder.Path);
        var newest = CheckpointNames.Folder(Path.Combine(folder.Path, "checkpoints"), versions[^1]);
        var part = Path.Combine(newest, CheckpointNames.Part(0, 1));
        var bytes = File.ReadAllBytes(part);
        bytes[^1] ^= 1;
        File.WriteAllBytes(part, bytes);
        var (result, events) = await CheckpointedRun.Train(job, folder.Path, resume: true);
        Assert.Equal((versions[^2], (await Plain(SmallJobs.Digits)).WeightsSha256), (result.ResumedFrom, result.WeightsSha256));
        var told = Assert.Single(events.OfType<ClusterChanged>(), change => change.Change.Kind == "checkpoint-failed").Change.Detail;
        Assert.StartsWith($"{newest} is not used: range-0-of-1.safetensors has SHA-256 ", told);
        // What was found damaged has been written anew.
        Assert.Equal(versions[^1], CheckpointFolder.FindNewest(Path.Combine(folder.Path, "checkpoints"), [])!.Value.Manifest.Version);
    }

    [Fact]
    public async Task A_folder_that_turns_into_something_else_stops_the_checkpoints_and_not_the_run()
    {
        using var folder = new TemporaryFolder();
        var job = Endless with { Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(50) } };
        await using var run = await CheckpointedRun.Start(job, folder.Path);
        await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Count > 0, "a checkpoint");
        var checkpoints = Path.Combine(folder.Path, "checkpoints");
        Directory.Move(checkpoints, Path.Combine(folder.Path, "moved"));
        await Wait.Until(
            () =>
            {
                // The servers make the folder anew when it is gone; a file in its place they cannot.
                if (Directory.Exists(checkpoints))
                    Directory.Delete(checkpoints, recursive: true);
                if (!File.Exists(checkpoints))
                    File.WriteAllText(checkpoints, "");
                return File.Exists(checkpoints) && run.Heard.OfType<ClusterChanged>().Any(change => change.Change.Kind == "checkpoint-failed");
            },
            "the failure");
        var failed = run.Heard.OfType<ClusterChanged>().First(change => change.Change.Kind == "checkpoint-failed").Change;
        Assert.Contains("; the run goes on", failed.Detail);
        await Wait.Until(() => run.Heard.OfType<StepProgress>().Any(progress => progress.Step > failed.Step + 200), "further steps");
        File.Delete(checkpoints);
        await Wait.Until(() => CheckpointedRun.Versions(folder.Path).Count > 0, "a checkpoint in the new folder");
    }

    private static Job Endless => SmallJobs.Digits with { Epochs = 100_000, Stop = new StopSpec(), Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(100) } };

    private static async Task<JobResult> Plain(Job job)
    {
        using var folder = new TemporaryFolder();
        return await Trainer.TrainAsync(job, folder.Path, 2);
    }

    private static IEnumerable<string> Rows(IEnumerable<JobEvent> events) =>
        events.OfType<EpochClosed>().Select(epoch => $"{epoch.Row.Epoch} {epoch.Row.Step} {epoch.Row.TrainLoss:R} {epoch.Row.Penalty:R} {epoch.Row.ValidationLoss:R} {string.Join(' ', epoch.Row.ValidationMetrics)}");
}
