using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>What <c>validate</c> says of the training practice, a line each of what the job uses.</summary>
internal static class PracticeTable
{
    /// <exception cref="Data.DataException">The saved model that the job starts from cannot be read, or does not fit.</exception>
    public static IEnumerable<string> Lines(Job job, Network network, RunPlan plan)
    {
        if (job.Schedule is { } schedule)
            yield return $"learning rate {string.Join(", ", Steps(plan).Select(step => $"{Text(plan.Rates.At(step))} at step {step}"))}{(schedule is ReduceOnPlateau ? ", where no plateau comes before" : "")}";
        if (job.Clip is { } clip)
            yield return clip is ClipNorm norm ? $"gradient clipped to a norm of {Text(norm.Limit)}" : $"gradient clipped to ±{Text(((ClipValue)clip).Limit)}";
        if (job.MicroBatches > 1)
            yield return $"micro-batches: each shard's slice in {job.MicroBatches} parts";
        if (job.Average is { } average)
            yield return $"moving average of the weights, decay {Text(average.Decay)}: it is evaluated and saved";
        if (job.PseudoLabels is { } spec && network.Layout.PseudoLabels is { } labels)
            yield return $"{labels.Rows} unlabelled rows are labelled where the model is sure to {Text(spec.Confidence)}, after steps {string.Join(", ", Enumerable.Range(1, labels.Rounds).Select(round => round * labels.Every))}; an epoch has a place for each";
        if (job.Freeze is { } frozen)
            yield return $"frozen: {network.Layout.Parameters.Where(parameter => FrozenLayers.Holds(frozen, parameter)).Sum(parameter => parameter.Length)} of {network.Layout.TrainedLength} parameters";
        if (job.StartFrom is not { } start)
            yield break;
        var mismatches = InitialWeights.Mismatches(job, network);
        yield return $"starts from {start.File}: {network.Layout.Parameters.Count - mismatches.Count} of {network.Layout.Parameters.Count} arrays";
        foreach (var mismatch in mismatches)
            yield return $"  from the seed: {mismatch}";
    }

    /// <summary>The first, the first after the warm-up, one half-way and the last.</summary>
    private static IEnumerable<long> Steps(RunPlan plan) =>
        new[] { 0, plan.Rates.WarmUpSteps, plan.TotalSteps / 2, plan.TotalSteps - 1 }.Where(step => step < plan.TotalSteps).Distinct().Order();

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
