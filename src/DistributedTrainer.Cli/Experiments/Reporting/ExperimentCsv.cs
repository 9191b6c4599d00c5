using System.Globalization;
using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What the charts show as tables, for other programs; all times since the training began.</summary>
internal static class ExperimentCsv
{
    /// <summary>Portions of time in a throughput curve.</summary>
    public const int Portions = 240;

    public static string Throughput(ExperimentRecord experiment)
    {
        var text = new StringBuilder("run,at_s,samples_per_s\n");
        foreach (var (name, outcome) in experiment.AllRuns)
        {
            foreach (var (at, steps) in ThroughputTimeline.Of(outcome.Seen.Commits, Portions))
                text.Append(CultureInfo.InvariantCulture, $"{name},{at.TotalSeconds:0.000},{steps * (outcome.Seen.Started?.BatchSize ?? 0):0.#}\n");
        }

        return text.ToString();
    }

    public static string Losses(ExperimentRecord experiment)
    {
        var text = new StringBuilder("run,epoch,step,train_loss,validation_loss\n");
        foreach (var (name, outcome) in experiment.AllRuns)
        {
            foreach (var row in outcome.Seen.History)
                text.Append(CultureInfo.InvariantCulture, $"{name},{row.Epoch},{row.Step},{row.TrainLoss:R},{row.ValidationLoss:R}\n");
        }

        return text.ToString();
    }

    public static string Events(ExperimentRecord experiment)
    {
        var text = new StringBuilder("run,kind,node,at_step,at_s,noticed_ms,pause_ms,steps_repeated,samples_per_s_before,samples_per_s_during,samples_per_s_after,handover_ms,missed\n");
        for (var run = 0; run < experiment.Runs.Count; run++)
        {
            var (outcome, measure) = experiment.Runs[run];
            var batch = outcome.Seen.Started?.BatchSize ?? 0;
            foreach (var e in measure.Events)
            {
                text.Append(CultureInfo.InvariantCulture, $"run-{run + 1},{e.Event.Kind},{e.Event.Node},{e.Event.AtStep},{e.Event.At.TotalSeconds:0.000},")
                    .Append(CultureInfo.InvariantCulture, $"{e.NoticedMs:0.##},{e.PauseMs:0.##},{e.StepsRepeated},{e.Before * batch:0.#},{e.During * batch:0.#},{e.After * batch:0.#},{e.HandoverMs:0.##},")
                    .Append(e.Event.Missed is { } missed ? $"\"{missed.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : "").Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Who computed which shards when; end_shard is the one after the last.</summary>
    public static string Lanes(ExperimentRecord experiment)
    {
        var text = new StringBuilder("run,node,first_shard,end_shard,from_step,to_step,from_s,to_s,passes\n");
        foreach (var (name, outcome) in experiment.AllRuns)
        {
            foreach (var s in outcome.Seen.Lanes.Segments)
                text.Append(CultureInfo.InvariantCulture, $"{name},{s.Node},{s.First},{s.End},{s.FromStep},{s.ToStep},{s.From.TotalSeconds:0.000},{s.To.TotalSeconds:0.000},{s.Passes}\n");
        }

        return text.ToString();
    }
}
