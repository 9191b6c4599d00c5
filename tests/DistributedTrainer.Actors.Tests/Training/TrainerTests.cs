using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

public class TrainerTests
{
    public static TheoryData<string> Shapes => SmallJobs.Names;

    [Theory, MemberData(nameof(Shapes))]
    public async Task The_weights_are_those_of_a_plain_loop_on_any_threads_and_servers(string shape)
    {
        var job = SmallJobs.Shapes[shape];
        foreach (var (threads, servers) in ((int, int)[])[(1, 1), (2, 3), (4, 2)])
        {
            var result = await Train(job, threads, servers);
            // Patience of one epoch saves the epoch before the last.
            var saved = job.Stop.Patience is null ? result.Steps : result.Steps - (result.Steps / result.Epochs);
            Assert.Equal(PlainTraining.Hash(job, saved), result.WeightsSha256);
        }
    }

    [Fact]
    public async Task Every_number_of_threads_and_servers_gives_the_same_hash()
    {
        var hashes = new HashSet<string>();
        for (var threads = 1; threads <= 4; threads++)
        {
            for (var servers = 1; servers <= 3; servers++)
            {
                var result = await Train(SmallJobs.Digits, threads, servers);
                Assert.Equal((servers, threads), (result.Servers, result.Threads));
                hashes.Add(result.WeightsSha256);
            }
        }

        Assert.Single(hashes);
    }

    [Fact]
    public async Task Another_seed_gives_other_weights()
    {
        var first = await Train(SmallJobs.Digits);
        var second = await Train(SmallJobs.Digits with { Seed = 1 });
        Assert.NotEqual(first.WeightsSha256, second.WeightsSha256);
        Assert.NotEqual(first.RecipeSha256, second.RecipeSha256);
    }

    [Fact]
    public async Task The_result_says_what_was_done()
    {
        var events = new List<JobEvent>();
        using var folder = new TemporaryFolder();
        var result = await Trainer.TrainAsync(SmallJobs.Digits, folder.Path, 2, progress: new Listener(events));
        Assert.Equal(("completed", "steps", 0), (result.State, result.StopReason, result.ExitCode));
        // 1,438 training rows: 45 steps an epoch, so 70 steps are one whole epoch and 25 steps.
        Assert.Equal((70L, 2, 1438L + (25 * 32)), (result.Steps, result.Epochs, result.Samples));
        Assert.Equal((12_010, 8, 1, 1), (result.Parameters, result.Shards, result.Nodes, result.Servers));
        Assert.Equal(70 * 8, Assert.Single(result.PerNode).ShardSteps);
        Assert.InRange(result.Validation!.Metrics.Single(metric => metric.Key == "accuracy").Value, 0.8, 1);
        Assert.Null(result.Test);
        Assert.Equal([45L, 70L], events.OfType<EpochClosed>().Select(epoch => epoch.Row.Step));
        Assert.Equal(result.TrainLoss, events.OfType<EpochClosed>().Last().Row.TrainLoss);
        Assert.IsType<JobAccepted>(events[0]);
        Assert.IsType<JobFinished>(events[^1]);
    }

    [Fact]
    public async Task The_saved_model_holds_the_weights_that_the_hash_is_of()
    {
        using var folder = new TemporaryFolder();
        var result = await Trainer.TrainAsync(SmallJobs.Digits, folder.Path, 2, servers: 2);
        using var file = SafetensorsFile.Open(Path.Combine(folder.Path, "model.safetensors"));
        Assert.Equal(["dense-1.weight", "dense-1.bias", "dense-2.weight", "dense-2.bias"], file.Tensors.Select(tensor => tensor.Name));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in file.Tensors)
        {
            var values = new float[tensor.Shape.Aggregate(1, (product, size) => product * (int)size)];
            file.Read(tensor.Name, [.. tensor.Shape.Select(size => (int)size)], values);
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        }

        Assert.Equal(result.WeightsSha256, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public async Task A_cancelled_run_equals_one_that_was_to_stop_there()
    {
        using var cancellation = new CancellationTokenSource();
        using var folder = new TemporaryFolder();
        var job = SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 100_000 };
        var epochs = new Listener([], jobEvent =>
        {
            if (jobEvent is EpochClosed)
                cancellation.Cancel();
        });
        var result = await Trainer.TrainAsync(job, folder.Path, 2, progress: epochs, cancellation: cancellation.Token);
        Assert.Equal(("stopped", "cancelled", 130), (result.State, result.StopReason, result.ExitCode));
        var planned = await Train(job with { Stop = new StopSpec { Steps = result.Steps } });
        Assert.Equal(planned.WeightsSha256, result.WeightsSha256);
        Assert.Equal(planned.TrainLoss, result.TrainLoss);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_stops_the_run_and_names_step_and_shard()
    {
        using var folder = new TemporaryFolder();
        var job = InfiniteLoss.Job(folder);
        var (step, shard) = InfiniteLoss.WhereIs(job);
        var failure = await Assert.ThrowsAsync<TrainingException>(() => Trainer.TrainAsync(job, folder.Path, 2));
        Assert.Contains($"the loss is infinite in step {step}, shard {shard}", failure.Message);
        Assert.Contains(step == 0 ? "no good version" : $"the last version with a finite loss is {step - 1}", failure.Message);
        Assert.Equal(("failed", 1, step), (failure.Result.State, failure.Result.ExitCode, failure.Result.Steps));
    }

    [Fact]
    public async Task A_job_that_does_not_fit_its_data_says_why()
    {
        var job = SmallJobs.Digits with { BatchSize = 2000 };
        var failure = await Assert.ThrowsAsync<TrainingException>(() => Train(job));
        Assert.Equal(2, failure.Result.ExitCode);
        Assert.Contains("batch-size 2000 does not fit 1438 training rows", failure.Message);
    }

    private static async Task<JobResult> Train(Job job, int threads = 2, int servers = 1)
    {
        using var folder = new TemporaryFolder();
        return await Trainer.TrainAsync(job, folder.Path, threads, servers).WaitAsync(Wait.Bound);
    }

    /// <summary>Hears events at once, unlike <see cref="Progress{T}"/>, which posts them.</summary>
    internal sealed class Listener(List<JobEvent> events, Action<JobEvent>? hear = null) : IProgress<JobEvent>
    {
        public void Report(JobEvent value)
        {
            events.Add(value);
            hear?.Invoke(value);
        }
    }
}
