using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>A job's numbers once the training rows are known.</summary>
public sealed class RunPlan
{
    public RunPlan(Job job, int trainRows)
    {
        BatchSize = job.BatchSize ?? trainRows;
        Shards = job.Shards ?? Math.Min(8, BatchSize);
        StepsPerEpoch = StepsOf(job, trainRows);
        var steps = (long)job.Epochs * StepsPerEpoch;
        TotalSteps = Math.Min(steps, job.Stop.Steps ?? long.MaxValue);
        Rates = new RateSchedule(job.Optimizer.LearningRate, job.Schedule, steps, StepsPerEpoch);
        Batches = new BatchPlan(trainRows, BatchSize, Shards, job.Data.ShardBy, job.Seed);
    }

    /// <summary>Steps of an epoch over so many rows.</summary>
    public static int StepsOf(Job job, int rows) => (int)(((long)rows + (job.BatchSize ?? rows) - 1) / (job.BatchSize ?? rows));

    public int BatchSize { get; }

    public int Shards { get; }

    public int StepsPerEpoch { get; }

    /// <summary>Steps unless a stop rule ends the run before.</summary>
    public long TotalSteps { get; }

    /// <summary>The learning rate of each step.</summary>
    public RateSchedule Rates { get; }

    /// <summary>Which rows each shard takes at each step. Others than the seed's permutation replay runs whose batches are given.</summary>
    public BatchPlan Batches { get; init; }

    /// <summary>Whether an epoch, or the run, ends with this version: a decision is due before the next step.</summary>
    public bool IsBoundary(long version) => version > 0 && (version % StepsPerEpoch == 0 || version == TotalSteps);

    /// <summary>The last version at which a decision was due, this one or before; 0 in the first epoch.</summary>
    public long BoundaryAtOrBefore(long version) => version - version % StepsPerEpoch;

    /// <summary>The next version after this one at which a decision is due.</summary>
    public long BoundaryAfter(long version) => Math.Min(BoundaryAtOrBefore(version) + StepsPerEpoch, TotalSteps);

    /// <summary>The epoch, from 1, that a version's last step belonged to.</summary>
    public int EpochOf(long version) => (int)((Math.Max(1, version) - 1) / StepsPerEpoch) + 1;
}
