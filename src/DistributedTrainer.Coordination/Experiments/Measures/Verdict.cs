namespace DistributedTrainer.Coordination;

/// <summary>One expectation and what was found.</summary>
/// <param name="Name">The key in the scenario; completed and events for what every experiment expects.</param>
/// <param name="Limit">true or a number; times are in ms.</param>
/// <param name="Found">The worst of all runs; null where there is none, such as a pause that never ended.</param>
/// <param name="Unit">ms, or empty.</param>
public sealed record Verdict(string Name, object Limit, object? Found, bool IsMet, string Unit = "")
{
    /// <param name="expect">What the scenario says.</param>
    /// <param name="clean">The undisturbed run.</param>
    /// <param name="runs">The disturbed ones; fewer than planned where the experiment was broken off.</param>
    /// <param name="repeat">How many there were to be.</param>
    public static IReadOnlyList<Verdict> Of(Expectations expect, JobResult clean, IReadOnlyList<RunMeasure> runs, int repeat)
    {
        var completed = runs.Count(run => run.Result.State == "completed");
        var missed = runs.Sum(run => run.Missed.Count());
        var verdicts = new List<Verdict>
        {
            new("completed", repeat, completed, completed == repeat && clean.State == "completed"),
            new("events-missed", 0, missed, missed == 0),
        };
        if (expect.SameWeights)
        {
            var same = SameWeights(clean, runs);
            verdicts.Add(new("same-weights", true, same, same));
        }

        verdicts.Add(AtMost("samples-lost", expect.SamplesLost, runs.Select(run => run.SamplesLost)));
        verdicts.Add(AtMost("samples-doubled", expect.SamplesDoubled, runs.Select(run => run.SamplesDoubled)));
        if (expect.StepsRepeatedMax is { } repeated)
            verdicts.Add(AtMost("steps-repeated-max", repeated, runs.Select(run => run.StepsRepeated)));
        if (expect.PauseMax is { } pause)
        {
            var pauses = runs.SelectMany(run => run.Events).Where(e => e.Event.Missed is null).Select(e => e.PauseMs).ToList();
            double? longest = pauses.Contains(null) ? null : pauses.DefaultIfEmpty(0).Max();
            verdicts.Add(new("pause-max", pause.TotalMilliseconds, longest is { } found ? Math.Round(found, 1) : null, longest <= pause.TotalMilliseconds, "ms"));
        }

        return verdicts;
    }

    /// <summary>All runs have weights, and they are the undisturbed run's.</summary>
    public static bool SameWeights(JobResult clean, IReadOnlyList<RunMeasure> runs) =>
        clean.WeightsSha256.Length > 0 && runs.Count > 0 && runs.All(run => run.Result.WeightsSha256 == clean.WeightsSha256);

    private static Verdict AtMost(string name, long limit, IEnumerable<long> found)
    {
        var most = found.DefaultIfEmpty(0).Max();
        return new Verdict(name, limit, most, most <= limit);
    }
}
