using System.Globalization;

namespace DistributedTrainer.Benchmarks;

/// <summary>Options of a benchmark, as <c>--name value</c>.</summary>
public sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="FormatException">An option is unknown or has no value.</exception>
    public static Options Parse(ReadOnlySpan<string> args, IReadOnlyList<string> allowed)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : args[i];
            if (!allowed.Contains(name))
            {
                var known = string.Join(", ", allowed.Select(option => "--" + option));
                throw new FormatException($"unknown option '{args[i]}'; allowed are {known}");
            }


            if (i + 1 == args.Length)
                throw new FormatException($"option '{args[i]}' needs a value");
            options._values[name] = args[i + 1];
        }

        return options;
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <exception cref="FormatException">The value is no positive number.</exception>
    public double Number(string name, double otherwise)
    {
        if (!_values.TryGetValue(name, out var text))
            return otherwise;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > 0)
            return value;
        throw new FormatException($"--{name} is '{text}'; a positive number is needed");
    }
}
