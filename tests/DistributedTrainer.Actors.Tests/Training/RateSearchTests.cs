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

    [Fact]
    public void A_loss_that_only_rises_has_no_steepest_fall() => Assert.Null(RateSearch.Steepest(
        [new RatePoint(1, 1, 1), new RatePoint(2, 2, 2), new RatePoint(4, 3, 3), new RatePoint(8, 4, 4)]));
}
