using System.Globalization;

namespace DistributedTrainer.Coordination;

/// <summary>
/// Numbers as YAML 1.2's core schema writes them in decimal, whatever the machine's culture. Scanned by hand: regular expressions
/// would take a tenth of the time that a user waits for <c>validate</c>, all of it in their first use.
/// </summary>
internal static class Numerals
{
    /// <summary>What <see cref="IsNumber"/> accepts, for schemas.</summary>
    public const string UnsignedPattern = @"(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?";

    public static bool IsNumber(string text) => text.Length > 0 && NumberLength(text) == text.Length;

    public static bool IsWhole(string text) => text.AsSpan(SignLength(text, 0)) is { Length: > 0 } rest && !rest.ContainsAnyExceptInRange('0', '9');

    /// <summary>The length of the number that the text begins with, 0 where it begins with none.</summary>
    public static int NumberLength(string text)
    {
        var sign = SignLength(text, 0);
        var point = DigitsEnd(text, sign);
        var end = point < text.Length && text[point] == '.' ? DigitsEnd(text, point + 1) : point;
        var digits = end - sign - (end > point ? 1 : 0);
        if (digits == 0) return 0;
        if (end == text.Length || text[end] is not ('e' or 'E')) return end;
        var exponent = end + 1 + SignLength(text, end + 1);
        var exponentEnd = DigitsEnd(text, exponent);
        return exponentEnd > exponent ? exponentEnd : end;
    }

    /// <summary>The shortest text that reads back as the same double: 0.001, 1e-08.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static int SignLength(string text, int at) => at < text.Length && text[at] is ('+' or '-') ? 1 : 0;

    private static int DigitsEnd(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at;
    }
}
