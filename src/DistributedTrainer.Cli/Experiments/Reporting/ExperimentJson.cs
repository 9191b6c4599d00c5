using System.Text.Json;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>experiment.json, field by field in the order of its contract.</summary>
internal static class ExperimentJson
{
    public static byte[] Write(ExperimentRecord experiment, bool indented)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartObject();
            json.WriteString("scenario", experiment.Scenario.Name);
            json.WriteBoolean("same_weights", experiment.HasSameWeights);
            Run(json, "clean", experiment.Clean);
            json.WriteStartArray("runs");
            foreach (var (outcome, measure) in experiment.Runs)
            {
                json.WriteStartObject();
                Run(json, "run", outcome);
                json.WriteNumber("goodput", Math.Round(measure.Goodput, 4));
                json.WriteNumber("samples_lost", measure.SamplesLost);
                json.WriteNumber("samples_doubled", measure.SamplesDoubled);
                json.WriteNumber("steps_repeated", measure.StepsRepeated);
                json.WriteStartArray("events");
                foreach (var e in measure.Events)
                    Event(json, e, outcome.Seen.Started?.BatchSize ?? 0);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("expect");
            foreach (var verdict in experiment.Verdicts)
            {
                json.WriteStartObject();
                json.WriteString("name", verdict.Name);
                Value(json, "limit", verdict.Limit);
                Value(json, "found", verdict.Found);
                json.WriteBoolean("met", verdict.IsMet);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Run(Utf8JsonWriter json, string name, RunOutcome outcome)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(RunJson.Write(outcome.Record.Job.Name, outcome.Record.JobId, outcome.Result, outcome.WallSeconds, indented: false));
    }

    private static void Event(Utf8JsonWriter json, EventMeasure measure, int batchSize)
    {
        json.WriteStartObject();
        json.WriteString("kind", measure.Event.Kind);
        json.WriteString("node", measure.Event.Node);
        json.WriteNumber("at_step", measure.Event.AtStep);
        json.WriteNumber("at_s", Math.Round(measure.Event.At.TotalSeconds, 3));
        Number(json, "noticed_ms", measure.NoticedMs);
        Number(json, "pause_ms", measure.PauseMs);
        json.WriteNumber("steps_repeated", measure.StepsRepeated);
        Number(json, "handover_ms", measure.HandoverMs);
        json.WriteStartObject("samples_per_s");
        Number(json, "before", measure.Before * batchSize);
        Number(json, "during", measure.During * batchSize);
        Number(json, "after", measure.After * batchSize);
        json.WriteEndObject();
        if (measure.Event.Missed is { } missed)
            json.WriteString("missed", missed);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, Math.Round(number, 2));
        else
            json.WriteNull(name);
    }

    private static void Value(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(name);
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
