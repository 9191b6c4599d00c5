using System.Globalization;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A number with its unit in one scalar: <c>5 epochs</c>, <c>30 min</c>.</summary>
internal static class Quantity
{
    /// <summary>Number and unit as written.</summary>
    /// <param name="units">What may be written, the usual one first.</param>
    /// <param name="example">A right value, for errors.</param>
    /// <exception cref="JobFileException">No unit, another unit, or no number.</exception>
    public static (decimal Number, string Unit) Read(Found found, IReadOnlyCollection<string> units, string example)
    {
        var allowed = $"units allowed here: {string.Join(", ", units)}";
        if (found.Node is not ScalarNode { IsNull: false } scalar || Numerals.NumberLength(scalar.Text) is not (> 0 and var length))
            throw found.Expected($"a number with its unit, such as '{example}' ({allowed})");
        var unit = scalar.Text[length..].Trim();
        if (unit.Length == 0) throw found.Error($"{scalar.Description} has no unit; write it like '{example}'; {allowed}");
        if (!units.Contains(unit)) throw found.Error(Nearest.Unknown("unit", unit, units));
        return decimal.TryParse(scalar.Text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number, unit)
            : throw found.Expected($"a smaller number, such as '{example}'");
    }

    public static JsonObject Schema(IReadOnlyCollection<string> units) => new()
    {
        ["type"] = "string",
        ["pattern"] = $"^\\+?{Numerals.UnsignedPattern} *({string.Join('|', units)})$",
    };
}

/// <summary>A whole number of epochs or steps, 1 or more.</summary>
/// <param name="unit">The plural; the singular is its stem without s.</param>
/// <param name="most">The largest number the job can hold.</param>
internal sealed class CountForm(string unit, long most) : Form<long>
{
    private readonly string[] _units = [unit, unit.TrimEnd('s')];

    public override long Read(Found found)
    {
        var (number, _) = Quantity.Read(found, _units, $"5 {unit}");
        return decimal.IsInteger(number) && number >= 1 && number <= most
            ? (long)number
            : throw found.Expected($"a whole number of {unit} from 1 to {most}");
    }

    public override JobNode Write(long value, Purpose purpose) => ScalarNode.Plain($"{Numerals.Text(value)} {(value == 1 ? _units[1] : unit)}");

    public override JsonObject Schema() => Quantity.Schema(_units);
}

/// <summary>A time above zero; one tick, 100 ns, is the finest.</summary>
internal sealed class DurationForm : Form<TimeSpan>
{
    private static readonly Dictionary<string, long> Ticks = new()
    {
        ["s"] = TimeSpan.TicksPerSecond,
        ["min"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
        ["ms"] = TimeSpan.TicksPerMillisecond,
    };

    private static readonly string[] Units = [.. Ticks.Keys];

    // A century: far from TimeSpan's end, so that a deadline can be added to any clock.
    private static readonly decimal MostTicks = 36_500m * TimeSpan.TicksPerDay;

    public static DurationForm Instance { get; } = new();

    public override TimeSpan Read(Found found)
    {
        var (number, unit) = Quantity.Read(found, Units, "30 min");
        if (number > MostTicks / Ticks[unit]) throw found.Expected("at most 100 years");
        var ticks = (long)(number * Ticks[unit]);
        return ticks >= 1 ? new TimeSpan(ticks) : throw found.Expected("a time above 0, such as '30 min'");
    }

    public override JobNode Write(TimeSpan value, Purpose purpose) =>
        ScalarNode.Plain($"{((decimal)value.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture)} s");

    public override JsonObject Schema() => Quantity.Schema(Units);
}
