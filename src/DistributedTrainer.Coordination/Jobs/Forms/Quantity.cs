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
