using DistributedTrainer.Coordination;
using OxyPlot;
using OxyPlot.Annotations;

namespace DistributedTrainer.Cli;

/// <summary>Who computed which shard when: a lane a shard, a colour a node.</summary>
internal static class LaneChart
{
    /// <summary>Stretches closer together than this share of the run cannot be told apart.</summary>
    private const int Resolution = 400;

    /// <param name="shards">The job's shards.</param>
    public static string Svg(IReadOnlyList<LaneSegment> segments, int shards, IReadOnlyList<EventMeasure> events, string id)
    {
        var model = Chart.Create("seconds since the training began", "shard");
        model.Axes[1].Maximum = shards;
        model.Axes[1].MajorStep = Math.Max(1, shards / 8);
        var end = segments.Select(segment => segment.To).DefaultIfEmpty(TimeSpan.FromSeconds(1)).Max();
        model.Axes[0].Maximum = end.TotalSeconds;
        model.Axes[0].Minimum = 0;
        var nodes = segments.Select(segment => segment.Node).Distinct().OrderBy(NodeName.NumberOf).ToList();
        foreach (var node in nodes)
            model.AddCurve(node, Chart.Color(nodes.IndexOf(node)), isDashed: false, []);
        var gap = end / Resolution;
        foreach (var segment in Lanes.Join(segments, gap > Lanes.VisibleGap ? gap : Lanes.VisibleGap))
        {
            model.Annotations.Add(new RectangleAnnotation
            {
                MinimumX = segment.From.TotalSeconds,
                MaximumX = Math.Max(segment.To.TotalSeconds, segment.From.TotalSeconds + end.TotalSeconds / 2000),
                MinimumY = segment.First + 0.06,
                MaximumY = segment.End - 0.06,
                Fill = OxyColor.FromAColor(200, Chart.Color(nodes.IndexOf(segment.Node))),
                Layer = AnnotationLayer.BelowSeries,
            });
        }

        for (var index = 0; index < events.Count; index++)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = events[index].Event.At.TotalSeconds,
                Color = OxyColors.Black,
                LineStyle = LineStyle.Dash,
                Text = $"{index + 1}",
                TextOrientation = AnnotationTextOrientation.Horizontal,
                TextLinePosition = 0.97,
                TextHorizontalAlignment = HorizontalAlignment.Left,
                FontWeight = 700,
            });
        }

        return Chart.Svg(model, 90 + Math.Clamp(shards * 22, 110, 330), id);
    }
}
