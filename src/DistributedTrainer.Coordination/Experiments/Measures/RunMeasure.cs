namespace DistributedTrainer.Coordination;

/// <summary>What a disturbed run came to, beside the undisturbed one.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Goodput">Its new samples a second as a share of the undisturbed run's; 0 where it made none.</param>
/// <param name="SamplesLost">Samples of the committed steps that no gradient was taken of; 0 where the run left no weights.</param>
/// <param name="SamplesDoubled">Samples of the committed steps of which two were taken.</param>
/// <param name="StepsRepeated">Versions that were made more than once.</param>
/// <param name="Events">In order.</param>
public sealed record RunMeasure(
    JobResult Result, double Goodput, long SamplesLost, long SamplesDoubled, long StepsRepeated, IReadOnlyList<EventMeasure> Events)
{
    /// <summary>Planned events that did not happen.</summary>
    public IEnumerable<InjectedEvent> Missed => Events.Select(measure => measure.Event).Where(e => e is { Missed: not null, IsPlanned: true });

    /// <param name="started">What the job consists of; null where it never began.</param>
    /// <param name="commits">Seen from outside.</param>
    public static RunMeasure Of(JobResult result, JobResult clean, JobStarted? started, CommitLog commits, IReadOnlyList<EventMeasure> events)
    {
        // A run that left no weights has not told what went into them.
        var due = started is null || result.WeightsSha256.Length == 0 ? result.Samples : SamplesOf(result.Steps, started.TrainRows, started.BatchSize);
        var repeated = commits.Repeated(TimeSpan.MinValue, TimeSpan.MaxValue);
        var goodput = result.TrainSeconds > 0 && clean is { TrainSeconds: > 0, Samples: > 0 }
            ? result.Samples / result.TrainSeconds / (clean.Samples / clean.TrainSeconds)
            : 0;
        return new RunMeasure(result, goodput, Math.Max(0, due - result.Samples), Math.Max(0, result.Samples - due), repeated, events);
    }

    /// <summary>Samples of the first steps when each row is used once an epoch; the last batch of an epoch may be short.</summary>
    public static long SamplesOf(long steps, int trainRows, int batchSize)
    {
        var perEpoch = (trainRows + batchSize - 1) / batchSize;
        return steps / perEpoch * trainRows + Math.Min(steps % perEpoch * batchSize, trainRows);
    }
}
