using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Shows an experiment while it runs: which run, which step, which event.</summary>
internal sealed class ExperimentView(Screen screen, TimeProvider time)
{
    private ProgressView _progress = new(screen, time);
    private bool _hasShownModel;

    public void Begin(string run)
    {
        _progress = new ProgressView(screen, time);
        _progress.Line($"── {run} ──");
    }

    public void Show(RunRecord record, JobEvent jobEvent)
    {
        if (jobEvent is JobStarted started)
        {
            jobEvent = _hasShownModel ? started with { Layers = [] } : started;
            _hasShownModel = true;
        }

        _progress.Show(record, jobEvent);
    }

    public void Show(InjectedEvent injected) => _progress.Line(injected.Missed is { } missed
        ? $"step {injected.AtStep}: no {injected.Kind}: {missed}"
        : FormattableString.Invariant($"step {injected.AtStep}, {injected.At.TotalSeconds:0.00} s: {injected.Kind.ToUpperInvariant()} {injected.Node}"));

    public void End(RunOutcome outcome)
    {
        _progress.Close();
        var weights = outcome.Result.WeightsSha256 is { Length: > 12 } hash ? $", weights {hash[..12]}…" : "";
        _progress.Line(FormattableString.Invariant($"{outcome.Result.State} after {outcome.Result.Steps} steps in {outcome.WallSeconds:0.0} s: {outcome.Result.StopReason}{weights}"));
    }
}
