using System.Globalization;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

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
