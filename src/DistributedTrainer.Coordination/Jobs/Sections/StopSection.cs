namespace DistributedTrainer.Coordination;

/// <summary><c>stop</c>: when training ends before the last epoch.</summary>
internal static class StopSection
{
    public static Form<StopSpec> Form { get; } = new MapForm<StopSpec>("Ends training early, whichever comes first.", new StopSpec())
        .Optional("monitor", "The watched figure: train.loss, validation.loss or validation.{metric}.", TextForm.Figure,
            stop => stop.Monitor, (stop, monitor) => stop with { Monitor = monitor })
        .Optional("patience", "Epochs without improvement; the best version is then the one saved.",
            new UnsetForm<long>(new CountForm("epochs", int.MaxValue)),
            stop => stop.Patience, (stop, epochs) => stop with { Patience = (int?)epochs })
        .Optional("min-delta", "The smallest change that counts as improvement.", NumberForm.NotNegative,
            stop => stop.MinDelta, (stop, delta) => stop with { MinDelta = delta })
        .Optional("target", "Stop once the watched figure is as good as this.", new UnsetForm<double>(NumberForm.Any),
            stop => stop.Target, (stop, target) => stop with { Target = target })
        .Optional("tolerance", "Stop once the train loss changes by less than this between epochs.",
            new UnsetForm<double>(NumberForm.Positive),
            stop => stop.Tolerance, (stop, tolerance) => stop with { Tolerance = tolerance })
        .Optional("steps", "Stop after this many steps.", new UnsetForm<long>(new CountForm("steps", long.MaxValue)),
            stop => stop.Steps, (stop, steps) => stop with { Steps = steps })
        .Optional("time", "Stop after this long; makes the hash depend on the clock.", new UnsetForm<TimeSpan>(DurationForm.Instance),
            stop => stop.Time, (stop, time) => stop with { Time = time });
}
