using System.Text;
using System.Text.Json;

namespace DistributedTrainer.Cli;

/// <summary>What a benchmark prints: names and values in the order of their contract.</summary>
internal sealed record BenchFigures(IReadOnlyList<KeyValuePair<string, object?>> Values)
{
    /// <summary>The object on standard output with <c>--json</c>, else a line a value.</summary>
    public void Print(bool json)
    {
        var output = Screen.For(json).Results;
        if (json)
            output.WriteLine(Encoding.UTF8.GetString(ToJson()));
        else
            Write(output);
        output.Flush();
    }

    private byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in Values)
            {
                json.WritePropertyName(name);
                switch (value)
                {
                    case string text: json.WriteStringValue(text); break;
                    case double number: json.WriteNumberValue(number); break;
                    case long number: json.WriteNumberValue(number); break;
                    case int number: json.WriteNumberValue(number); break;
                    case null: json.WriteNullValue(); break;
                    default: throw new InvalidOperationException($"{name} is a {value.GetType().Name}");
                }
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private void Write(TextWriter output)
    {
        var width = Values.Max(value => value.Key.Length);
        foreach (var (name, value) in Values)
            output.WriteLine(FormattableString.Invariant($"  {name.PadRight(width)}  {value}"));
    }
}
