using System.Globalization;
using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace DistributedTrainer.Cli;

/// <summary>How all charts of our pages look, and how they become SVG that stands inside a page.</summary>
internal static partial class Chart
{
    public const int Width = 960;

    /// <summary>Colours that are told apart by colour-blind people and, by their lightness, on paper (Okabe and Ito).</summary>
    private static readonly OxyColor[] Palette =
        [.. ((string[])["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8b6d00", "#882255"]).Select(OxyColor.Parse)];

    private static readonly OxyColor Grid = OxyColor.Parse("#e4e4e4");
    private static readonly OxyColor Ink = OxyColor.Parse("#333333");

    /// <summary>The undisturbed run.</summary>
    public static OxyColor Plain { get; } = OxyColor.Parse("#777777");

    public static OxyColor Color(int index) => Palette[index % Palette.Length];

    public static PlotModel Create(string x, string y, double? lowest = 0)
    {
        var model = new PlotModel { DefaultFont = "Arial", TextColor = Ink, PlotAreaBorderColor = Ink, PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1), Background = OxyColors.White };
        model.Axes.Add(Axis(AxisPosition.Bottom, x, null));
        model.Axes.Add(Axis(AxisPosition.Left, y, lowest));
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.TopLeft,
            LegendPlacement = LegendPlacement.Outside,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendBorderThickness = 0,
            LegendMargin = 0,
        });
        return model;
    }

    /// <summary>A curve; values that are not finite leave gaps.</summary>
    public static void AddCurve(this PlotModel model, string title, OxyColor color, bool isDashed, IEnumerable<(double X, double Y)> points, bool withMarkers = false)
    {
        var series = new LineSeries
        {
            Title = title,
            Color = color,
            LineStyle = isDashed ? LineStyle.Dash : LineStyle.Solid,
            StrokeThickness = isDashed ? 2 : 1.6,
            MarkerType = withMarkers ? MarkerType.Circle : MarkerType.None,
            MarkerSize = 2.5,
            MarkerFill = color,
        };
        series.Points.AddRange(points.Select(point => double.IsFinite(point.Y) ? new DataPoint(point.X, point.Y) : DataPoint.Undefined));
        model.Series.Add(series);
    }

    /// <summary>An svg element without references to anything outside it.</summary>
    /// <param name="id">What its own ids begin with: several charts stand in one page.</param>
    public static string Svg(PlotModel model, int height, string id)
    {
        var exporter = new SvgExporter { Width = Width, Height = height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = new PixelMeasurer(height) };
        var text = exporter.ExportToString(model);
        var size = string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\">");
        var body = text[(text.IndexOf('>', text.IndexOf("<svg", StringComparison.Ordinal)) + 1)..].TrimEnd();
        return size + ClipName().Replace(body, $"{id}-clip$1");
    }

    /// <summary>Names only: the element is called clipPath too.</summary>
    [GeneratedRegex("clipPath([0-9]+)")]
    private static partial Regex ClipName();

    private static LinearAxis Axis(AxisPosition position, string title, double? lowest) => new()
    {
        Position = position,
        Title = title,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = Grid,
        TicklineColor = Ink,
        MinorTickSize = 0,
        AxisTitleDistance = 12,
        Minimum = lowest ?? double.NaN,
        MaximumPadding = position == AxisPosition.Left ? 0.08 : 0.01,
        MinimumPadding = 0.01,
        StringFormat = "#,0.#####",
    };

    /// <summary>Measures text by the widths of Arial's letters, without a font. OxyPlot's own answers in points where pixels are wanted.</summary>
    private sealed class PixelMeasurer(int height) : PdfRenderContext(Width, height, OxyColors.White)
    {
        private const double PixelsPerPoint = 96.0 / 72;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            var points = base.MeasureText(text, fontFamily, fontSize, fontWeight);
            return new OxySize(points.Width * PixelsPerPoint, points.Height * PixelsPerPoint);
        }
    }
}
