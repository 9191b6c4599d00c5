using System.Globalization;
using Akka.Configuration;

namespace DistributedTrainer.Actors;

/// <summary>Reads keys of one HOCON block and says what is wrong with a value: key, value, what is allowed.</summary>
internal sealed class SettingsBlock(string path, Config config)
{
    public string Text(string key) => config.GetString($"{path}.{key}") ?? "";

    public string Choice(string key, params string[] allowed)
    {
        var text = Text(key);
        return allowed.Contains(text) ? text : throw Wrong(key, text, string.Join(", ", allowed));
    }

    public bool Switch(string key) => Choice(key, "on", "off", "true", "false", "yes", "no") is "on" or "true" or "yes";

    public int Number(string key, int least, int most) =>
        int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, Text(key), $"a number from {least} to {most}");

    public long Bytes(string key, long least, long most)
    {
        var bytes = Try(() => config.GetByteSize($"{path}.{key}"));
        return bytes is { } number && number >= least && number <= most
            ? number
            : throw Wrong(key, Text(key), $"a size from {least} to {most} bytes, e.g. 64 MiB");
    }

    public TimeSpan Time(string key, TimeSpan least, TimeSpan most)
    {
        var time = Try<TimeSpan?>(() => config.GetTimeSpan($"{path}.{key}", null, allowInfinite: false));
        return time is { } span && span >= least && span <= most
            ? span
            : throw Wrong(key, Text(key), $"a time from {least.TotalMilliseconds:0}ms to {most.TotalSeconds:0}s");
    }

    /// <summary>One port, or a first and a last one.</summary>
    public (int First, int Last) Ports(string key)
    {
        var parts = Text(key).Split('-', StringSplitOptions.TrimEntries);
        if (parts.Length is 1 or 2 && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ushort.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= last && (first > 0 || last == 0))
            return (first, last);
        throw Wrong(key, Text(key), "0 for any free port, a port, or a range such as 4054-4060");
    }

    public NodeStartException Wrong(string key, string value, string allowed) => new($"{path}.{key}: '{value}' is not allowed; allowed is {allowed}", 2);

    /// <summary>Akka's parsers meet a wrong text with several exceptions.</summary>
    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is ConfigurationException or FormatException or OverflowException or InvalidCastException)
        {
            return default;
        }
    }
}
