using System.Globalization;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A finite number in a range whose ends may be excluded.</summary>
internal sealed class NumberForm : Form<double>
{
    private readonly string _expectation;
    private readonly Func<double, bool> _allows;
    private readonly (string Keyword, double Bound)[] _bounds;

    private NumberForm(string expectation, Func<double, bool> allows, params (string, double)[] bounds) =>
        (_expectation, _allows, _bounds) = (expectation, allows, bounds);

    public static NumberForm Any { get; } = new("a number", _ => true);

    /// <summary>Rates and the like: they multiply float32 values, so they may not vanish there.</summary>
    public static NumberForm Positive { get; } = new("a number above 0", value => (float)value > 0, ("exclusiveMinimum", 0));

    public static NumberForm NotNegative { get; } = new("a number of 0 or more", value => value >= 0, ("minimum", 0));

    /// <summary>Parts of a whole that leave something over, and decay factors.</summary>
    public static NumberForm Fraction { get; } =
        new("a number from 0 to below 1", value => value is >= 0 and < 1 && (float)value < 1, ("minimum", 0), ("exclusiveMaximum", 1));

    /// <summary>From never to always.</summary>
    public static NumberForm Probability { get; } = new("a number from 0 to 1", value => value is >= 0 and <= 1, ("minimum", 0), ("maximum", 1));

    /// <summary>A part of a whole that is not nothing.</summary>
    public static NumberForm Part { get; } =
        new("a number above 0, to 1", value => value <= 1 && (float)value > 0, ("exclusiveMinimum", 0), ("maximum", 1));

    public static NumberForm Degrees { get; } =
        new("a number above 0, to 180", value => value <= 180 && (float)value > 0, ("exclusiveMinimum", 0), ("maximum", 180));

    public override double Read(Found found)
    {
        if (found.Node is not ScalarNode { Quoted: false } scalar || !Numerals.IsNumber(scalar.Text)) throw found.Expected(_expectation);
        var value = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return float.IsFinite((float)value) && _allows(value) ? value : throw found.Expected($"{_expectation}, within float32's range");
    }

    public override JobNode Write(double value, Purpose purpose) => ScalarNode.Plain(Numerals.Text(value));

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "number" };
        foreach (var (keyword, bound) in _bounds) schema[keyword] = bound;
        return schema;
    }
}
