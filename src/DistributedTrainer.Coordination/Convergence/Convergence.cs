using System.Text.Json.Serialization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>What an epoch ended with.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Version">The state after its last step.</param>
/// <param name="TrainLoss">Mean over the epoch's samples, without penalty.</param>
/// <param name="Validation">Null where the job has no validation part.</param>
/// <param name="IsFinal">No step follows: the last epoch, or a stop that was asked for.</param>
public sealed record EpochResult(int Epoch, long Version, double TrainLoss, Evaluation? Validation, bool IsFinal);

/// <summary>What the epoch decision remembers; part of the versioned state.</summary>
/// <param name="BestValue">The best watched figure so far.</param>
/// <param name="BestVersion">The version that had it; −1 before the first epoch.</param>
/// <param name="EpochsSinceBest">Patience used up.</param>
/// <param name="PreviousTrainLoss">For the tolerance rule.</param>
public sealed record ConvergenceState(double BestValue, long BestVersion, int EpochsSinceBest, double PreviousTrainLoss)
{
    /// <summary>Of a learning rate that is reduced on plateaus.</summary>
    [JsonIgnore]
    public PlateauState Plateau { get; init; } = PlateauState.Start;

    /// <summary>The same in a manifest, which has none where there is no such rate: older manifests, and their checksums, stay good.</summary>
    [JsonPropertyName("plateau"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlateauState? PlateauIfAny
    {
        get => Plateau == PlateauState.Start ? null : Plateau;
        init => Plateau = value ?? PlateauState.Start;
    }

    public static ConvergenceState Start { get; } = new(double.NaN, -1, 0, double.NaN);
}

/// <param name="Stop">Whether training ends here.</param>
/// <param name="KeepBest">Whether this version is the best so far and must be kept.</param>
/// <param name="Reason">In words, for the log and for <c>stop_reason</c>.</param>
public sealed record EpochDecision(bool Stop, bool KeepBest, string Reason);

/// <summary>Decides after each epoch whether to go on. A pure function: whoever evaluates it gets the same answer.</summary>
public static class Convergence
{
    /// <param name="plateau">Null where the learning rate does not depend on the figures.</param>
    public static (ConvergenceState State, EpochDecision Decision) Decide(
        StopSpec rules, ConvergenceState state, EpochResult result, ReduceOnPlateau? plateau = null)
    {
        if (result.Version <= state.BestVersion || state.EpochsSinceBest < 0)
            throw new BrokenInvariantException($"epoch {result.Epoch} ends at version {result.Version}, and version {state.BestVersion} was the best {state.EpochsSinceBest} epochs ago");
        var monitor = rules.Monitor ?? (result.Validation is null ? "train.loss" : "validation.loss");
        var value = Watched(monitor, result);
        var larger = LargerIsBetter(monitor);
        var isBest = state.BestVersion < 0 || (larger ? value > state.BestValue + rules.MinDelta : value < state.BestValue - rules.MinDelta);
        var next = new ConvergenceState(
            isBest ? value : state.BestValue,
            isBest ? result.Version : state.BestVersion,
            isBest ? 0 : state.EpochsSinceBest + 1,
            result.TrainLoss)
        {
            Plateau = plateau is null ? state.Plateau : state.Plateau.After(plateau, value, larger),
        };
        var keep = isBest && rules.Patience is not null;
        return (next, Judge() is { } reason ? new EpochDecision(true, keep, reason) : new EpochDecision(false, keep, "continue"));

        string? Judge()
        {
            if (rules.Target is { } target && (larger ? value >= target : value <= target))
                return FormattableString.Invariant($"target: {monitor} {value:G6} reached {target:G6}");
            if (rules.Patience is { } patience && next.EpochsSinceBest >= patience)
                return FormattableString.Invariant($"patience: {monitor} has not improved on {next.BestValue:G6} for {patience} epochs");
            if (rules.Tolerance is { } tolerance && Math.Abs(result.TrainLoss - state.PreviousTrainLoss) < tolerance)
                return FormattableString.Invariant($"tolerance: the train loss changed by less than {tolerance:G6}");
            return result.IsFinal ? "epochs" : null;
        }
    }

    private static bool LargerIsBetter(string monitor) =>
        monitor is "validation.accuracy" or "validation.r2" || monitor.StartsWith("validation.top_", StringComparison.Ordinal);

    private static double Watched(string monitor, EpochResult result)
    {
        if (monitor == "train.loss")
            return result.TrainLoss;
        if (result.Validation is null)
            throw new InvalidOperationException($"stop.monitor is {monitor}, but the job has no validation part.");
        var name = monitor["validation.".Length..];
        return name == "loss" ? result.Validation.Loss : result.Validation.Metrics.First(metric => metric.Key == name).Value;
    }
}
