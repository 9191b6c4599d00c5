using System.Globalization;
using DistributedTrainer.Coordination;
using OxyPlot;
using OxyPlot.Annotations;

namespace DistributedTrainer.Cli;

/// <summary>Samples a second over a run's time, beside the undisturbed run, with a mark for each event.</summary>
internal static class ThroughputChart
{
    public static string Svg(RunOutcome clean, RunOutcome run, IReadOnlyList<EventMeasure> events, string id)
    {
        var model = Chart.Create("seconds since the training began", "samples/s");
        model.AddCurve("undisturbed", Chart.Plain, isDashed: true, Points(clean));
        model.AddCurve("disturbed", Chart.Color(0), isDashed: false, Points(run));
        for (var index = 0; index < events.Count; index++)
            AddMark(model, index + 1, events[index]);
        return Chart.Svg(model, 300, id);
    }

    /// <summary>The events' numbers are those of the table; the shade is how long the cause lasts, or where there is none the pause.</summary>
    public static void AddMark(PlotModel model, int number, EventMeasure measure)
    {
        var at = measure.Event.At.TotalSeconds;
        var shade = measure.Event.Lasts?.TotalSeconds ?? (measure.PauseMs ?? 0) / 1000;
        if (shade > 0)
        {
            model.Annotations.Add(new RectangleAnnotation
            {
                MinimumX = at,
                MaximumX = at + shade,
                Fill = OxyColor.FromAColor(40, Chart.Color(1)),
                Layer = AnnotationLayer.BelowSeries,
            });
        }

        model.Annotations.Add(new LineAnnotation
        {
            Type = LineAnnotationType.Vertical,
            X = at,
            Color = Chart.Color(1),
            LineStyle = LineStyle.Solid,
            Text = number.ToString(CultureInfo.InvariantCulture),
            TextOrientation = AnnotationTextOrientation.Horizontal,
            TextLinePosition = 0.97,
            TextHorizontalAlignment = HorizontalAlignment.Left,
            FontWeight = 700,
        });
    }

    private static IEnumerable<(double, double)> Points(RunOutcome run) => ThroughputTimeline.Of(run.Seen.Commits, ExperimentCsv.Portions)
        .Select(portion => (portion.At.TotalSeconds, portion.StepsPerSecond * (run.Seen.Started?.BatchSize ?? 0)));
}
