using System.Globalization;

namespace DistributedTrainer.Cli;

/// <summary>The words of a progress line, live or not.</summary>
internal static class ProgressText
{
    /// <summary>"epoch 3/15  step 68/345  loss 0.4821  validation accuracy 0.9167  31,400 samples/s  12 s left".</summary>
    public static string Line(RunRecord run)
    {
        var started = run.Started;
        var inEpoch = run.Progress is { } progress && progress.Step > (run.Epoch?.Step ?? -1);
        var epoch = inEpoch ? run.Progress!.Epoch : run.Epoch?.Epoch ?? 0;
        var loss = inEpoch ? run.Progress!.TrainLoss : run.Epoch?.TrainLoss;
        var speed = inEpoch ? run.Progress!.SamplesPerSecond : run.Epoch?.SamplesPerSecond ?? 0;
        List<string> parts = [started is null ? $"epoch {epoch}" : $"epoch {epoch}/{started.Epochs}"];
        parts.Add(started is null ? $"step {run.Step}" : $"step {run.Step}/{started.TotalSteps}");
        if (loss is { } value)
            parts.Add($"loss {Value(value)}");
        if (run.Epoch is { ValidationLoss: { } validation } row)
        {
            parts.Add(row.ValidationMetrics is [var (metric, figure), ..]
                ? $"validation {metric} {Value(figure)}"
                : $"validation loss {Value(validation)}");
        }

        if (speed > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{speed:N0} samples/s"));
            if (started is not null && run.Step < started.TotalSteps)
                parts.Add($"{Duration((started.TotalSteps - run.Step) * (double)started.BatchSize / speed)} left");
        }

        return string.Join("  ", parts);
    }

    public static string Value(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => "under 1 s",
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };
}
