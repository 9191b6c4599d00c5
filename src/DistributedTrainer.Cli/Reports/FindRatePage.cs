using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>The page of a search for the learning rate.</summary>
internal static class FindRatePage
{
    public static string Html(Job job, IReadOnlyList<RatePoint> points, double? steepest)
    {
        var page = new ReportPage($"{job.Name}: learning rates");
        page.Verdict(Verdict(steepest), steepest is not null);
        page.Figure(Curve(points), "loss by learning rate");
        page.Note("The loss of each step's batch and its moving average, while the learning rate grows by the same factor at every step. A good rate lies where the curve falls fastest, and below its lowest point; where it rises, training breaks.");
        return page.ToString();
    }

    public static string Verdict(double? steepest) => steepest is { } rate
        ? string.Create(CultureInfo.InvariantCulture, $"The loss falls fastest at a learning rate of {rate:0.0e+00}.")
        : "The loss never falls: try smaller rates, and check the model and the data.";

    private static string Curve(IReadOnlyList<RatePoint> points)
    {
        var model = Chart.Create("logarithm of the learning rate, base 10", "loss", lowest: null);
        model.AddCurve("loss", Chart.Plain, isDashed: false, points.Select(point => (Math.Log10(point.Rate), point.Loss)));
        model.AddCurve("smoothed", Chart.Color(0), isDashed: false, points.Select(point => (Math.Log10(point.Rate), point.Smoothed)));
        return Chart.Svg(model, 340, "rates");
    }
}
