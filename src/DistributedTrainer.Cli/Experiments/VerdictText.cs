using System.Globalization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Expectations and measures in words.</summary>
internal static class VerdictText
{
    public static string Of(Verdict verdict) => $"{verdict.Name}: {Value(verdict.Found, verdict.Unit)} (expected {Expected(verdict)})";

    public static string Expected(Verdict verdict) => verdict.Name switch
    {
        "completed" or "same-weights" => Value(verdict.Limit, verdict.Unit),
        _ => $"at most {Value(verdict.Limit, verdict.Unit)}",
    };

    public static string Value(object? value, string unit) => value switch
    {
        null => "never",
        bool flag => flag ? "yes" : "no",
        double number => string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {unit}").TrimEnd(),
        _ => $"{value} {unit}".TrimEnd(),
    };

    /// <summary>A time; "–" where there is none.</summary>
    public static string Milliseconds(double? value) => value is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.#} ms") : "–";
}
