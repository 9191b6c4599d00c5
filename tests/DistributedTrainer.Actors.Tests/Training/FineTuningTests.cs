using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public class FineTuningTests
{
    [Fact]
    public async Task Frozen_layers_of_a_saved_model_stay_and_what_it_lacks_begins_from_the_seed()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Path.Combine(folder.Path, "first"), Path.Combine(folder.Path, "second"));
        await Trainer.TrainAsync(SmallJobs.Digits, first, 1);
        var job = SmallJobs.Digits with
        {
            Model = [SmallJobs.Digits.Model[0], new Dense(10) { Name = "head" }],
            StartFrom = new StartFromSpec(first) { Mismatches = Mismatches.Initialize },
            Freeze = ["dense-1"],
        };
        var result = await Trainer.TrainAsync(job, second, 2, servers: 2);
        Assert.Equal(PlainTraining.Hash(job, result.Steps), result.WeightsSha256);
        Assert.Equal(Read(first, "dense-1.weight"), Read(second, "dense-1.weight"));
        await using var cluster = await TestCluster.Start(3);
        var shared = await cluster.Train(job, servers: 3, replicas: 1);
        Assert.Equal((result.WeightsSha256, result.DataSha256), (shared.WeightsSha256, shared.DataSha256));
        Assert.NotEqual(SmallJobs.DataSha256(SmallJobs.Digits), shared.DataSha256);
    }

    [Fact]
    public async Task What_does_not_fit_is_listed()
    {
        using var folder = new TemporaryFolder();
        await Trainer.TrainAsync(SmallJobs.Digits, folder.Path, 1);
        var job = SmallJobs.Digits with
        {
            Model = [new Dense(80), new Dense(10), new Dense(10) { Name = "head" }],
            StartFrom = new StartFromSpec(folder.Path),
        };
        using var other = new TemporaryFolder();
        var failure = await Assert.ThrowsAsync<TrainingException>(() => Trainer.TrainAsync(job, other.Path, 1));
        Assert.Equal(2, failure.Result.ExitCode);
        Assert.Contains("'dense-1.weight' is F32 of shape (160, 64), and F32 of shape (80, 64) is needed", failure.Message);
        Assert.Contains("'head.weight' is not in it", failure.Message);
        Assert.Contains("mismatches: initialize", failure.Message);
    }

    [Fact]
    public async Task A_layer_that_is_not_there_cannot_be_frozen()
    {
        using var folder = new TemporaryFolder();
        var failure = await Assert.ThrowsAsync<TrainingException>(() => Trainer.TrainAsync(SmallJobs.Digits with { Freeze = ["dense-3"] }, folder.Path, 1));
        Assert.Equal(2, failure.Result.ExitCode);
        Assert.Contains("freeze: unknown layer with parameters 'dense-3'; allowed here: dense-1, dense-2", failure.Message);
    }

    private static float[] Read(string folder, string name)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, ModelFolder.WeightsFile));
        var values = new float[160 * 64];
        file.Read(name, [160, 64], values);
        return values;
    }
}
