using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public class RateSearchTests
{
    [Fact]
    public void Finds_where_the_loss_falls_and_ends_where_it_breaks()
    {
        RatePoint[] points = [.. RateSearch.Run(SmallJobs.Digits, 1e-6, 1000, 90)];
        Assert.InRange(points.Length, 30, 89);
        Assert.Equal(1e-6, points[0].Rate);
        Assert.Equal(points[0].Loss, points[0].Smoothed, 1e-12);
        Assert.InRange(RateSearch.Steepest(points)!.Value, 1e-4, 0.1);
        Assert.True(points[^1].Smoothed > 4 * points.Min(point => point.Smoothed));
        Assert.Equal(points, RateSearch.Run(SmallJobs.Digits, 1e-6, 1000, 90));
    }

    /// <summary>At a rate that hardly grows its steps are those of training, whose first step of an epoch of one is that epoch's loss.</summary>
    [Theory, InlineData(Precision.Float32), InlineData(Precision.Bfloat16)]
    public async Task Computes_as_training_does(Precision precision)
    {
        var job = SmallJobs.Digits with { Precision = precision, BatchSize = null, Epochs = 6, MicroBatches = 2, Stop = new StopSpec() };
        var rate = job.Optimizer.LearningRate;
        var epochs = new List<JobEvent>();
        using var folder = new TemporaryFolder();
        await Trainer.TrainAsync(job, folder.Path, 1, progress: new TrainerTests.Listener(epochs));
        Assert.Equal(
            epochs.OfType<EpochClosed>().Select(epoch => epoch.Row.TrainLoss),
            RateSearch.Run(job, rate, double.BitIncrement(rate), 20).Take(6).Select(point => point.Loss));
    }

    [Fact]
    public void A_loss_that_only_rises_has_no_steepest_fall() => Assert.Null(RateSearch.Steepest(
        [new RatePoint(1, 1, 1), new RatePoint(2, 2, 2), new RatePoint(4, 3, 3), new RatePoint(8, 4, 4)]));
}
