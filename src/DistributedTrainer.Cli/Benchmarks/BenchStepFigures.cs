using System.Text.Json;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What <c>bench step</c> prints: names and values in the order of their contract.</summary>
internal sealed record BenchStepFigures(IReadOnlyList<KeyValuePair<string, object>> Values)
{
    public static BenchStepFigures Of(BenchStepOptions options, JobResult result, IReadOnlyList<StepMeasurement> nodes)
    {
        var times = nodes.Select(node => node.Times).Single(times => times is not null)!;
        return new BenchStepFigures(
        [
            new("model", options.Model),
            new("parameters", result.Parameters),
            new("nodes", options.Nodes),
            new("threads", options.Threads),
            new("shards", result.Shards),
            new("replicas", options.Replicas),
            new("global_batch", options.Batch),
            new("optimizer", options.Optimizer),
            new("steps", options.Steps),
            new("step_ms_mean", Math.Round(times.MeanMs, 4)),
            new("step_ms_median", Math.Round(times.MedianMs, 4)),
            new("step_ms_p99", Math.Round(times.P99Ms, 4)),
            new("samples_per_s", Math.Round(options.Batch / times.MeanMs * 1000, 1)),
            new("allocated_bytes_per_step", nodes.Max(node => node.AllocatedBytes) / options.Steps),
            new("weights_sha256", result.WeightsSha256),
            new("gen0_collections", nodes.Max(node => node.Gen0Collections)),
            new("gen2_collections", nodes.Max(node => node.Gen2Collections)),
            new("methods_compiled", nodes.Max(node => node.MethodsCompiled)),
            new("peak_memory_bytes", nodes.Max(node => node.PeakMemoryBytes)),
        ]);
    }

    public byte[] ToJson()
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
                    default: throw new InvalidOperationException($"{name} is a {value.GetType().Name}");
                }
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    public void Write(TextWriter output)
    {
        var width = Values.Max(value => value.Key.Length);
        foreach (var (name, value) in Values)
            output.WriteLine(FormattableString.Invariant($"  {name.PadRight(width)}  {value}"));
    }
}
