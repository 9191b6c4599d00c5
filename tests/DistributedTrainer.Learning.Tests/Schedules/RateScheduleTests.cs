namespace DistributedTrainer.Learning.Tests;

public class RateScheduleTests
{
    private const double Rate = 0.5;
    private const int StepsPerEpoch = 10;

    [Fact]
    public void Without_a_schedule_the_rate_is_the_optimizers_own_at_every_step()
    {
        Assert.Equal(Rate, At(null, 0));
        Assert.Equal(Rate, At(null, 99));
        Assert.Equal(Rate, At(new ConstantRate(), 57));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(19, 0.5)]
    [InlineData(20, 0.05)]
    [InlineData(45, 0.005)]
    public void Step(long step, double rate) => Close(rate, At(new StepDecay(0.1, Period.Epochs(2)), step));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(5, 0.35355339059327373)]
    [InlineData(10, 0.25)]
    [InlineData(30, 0.0625)]
    public void Exponential(long step, double rate) => Close(rate, At(new ExponentialDecay(0.5), step));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(25, 0.1 + 0.4 * 0.85355339059327373)]
    [InlineData(50, 0.3)]
    [InlineData(100, 0.1)]
    [InlineData(1000, 0.1)]
    public void Cosine(long step, double rate) => Close(rate, At(new CosineDecay { To = 0.1 }, step));

    [Fact]
    public void Cosine_may_end_before_the_run() => Close(0.1, At(new CosineDecay { To = 0.1, Over = Period.Epochs(4) }, 40));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(50, 0.25)]
    [InlineData(99, 0.005)]
    public void Linear(long step, double rate) => Close(rate, At(new LinearDecay(), step));

    /// <summary>The corners of PyTorch's OneCycleLR.</summary>
    [Theory]
    [InlineData(0, 0.02)]
    [InlineData(15, 0.26)]
    [InlineData(30, 0.5)]
    [InlineData(65, 0.250001)]
    [InlineData(100, 2e-6)]
    public void One_cycle(long step, double rate) => Close(rate, At(new OneCycle(), step));

    /// <summary>nanoGPT's get_lr: (t + 1) / (w + 1) of the rate, then the cosine over the rest.</summary>
    [Theory]
    [InlineData(0, 0.5 / 21)]
    [InlineData(19, 0.5 * 20 / 21)]
    [InlineData(20, 0.5)]
    [InlineData(60, 0.25)]
    [InlineData(100, 0)]
    public void A_warm_up_comes_before_any(long step, double rate) => Close(rate, At(new CosineDecay { WarmUp = Period.Epochs(2) }, step));

    [Fact]
    public void Plateaus_reduce_it_to_a_bound()
    {
        var schedule = new RateSchedule(Rate, new ReduceOnPlateau { Factor = 0.1, To = 1e-3 }, 100, StepsPerEpoch);
        Assert.True(schedule.FollowsDecisions);
        Close(0.5, schedule.At(7, 0));
        Close(0.005, schedule.At(7, 2));
        Assert.Equal(1e-3, schedule.At(7, 300));
    }

    private static double At(ScheduleSpec? schedule, long step) => new RateSchedule(Rate, schedule, 100, StepsPerEpoch).At(step);

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-14);
}
