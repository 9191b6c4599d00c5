using System.Globalization;
using System.Text.RegularExpressions;

namespace DistributedTrainer.Coordination;

/// <summary>Numbers as YAML 1.2's core schema writes them in decimal, whatever the machine's culture.</summary>
internal static partial class Numerals
{
    public static bool IsNumber(string text) => Decimal().IsMatch(text);

    public static bool IsWhole(string text) => Whole().IsMatch(text);

    /// <summary>The shortest text that reads back as the same double: 0.001, 1e-08.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A[-+]?[0-9]+\z")]
    private static partial Regex Whole();
}
