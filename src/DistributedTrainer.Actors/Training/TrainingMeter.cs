using System.Diagnostics.Metrics;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a step tells to whoever listens, on the thread that does it: nothing is sent and, without a listener, next to nothing is done.
/// Benchmarks take their times here.
/// </summary>
public static class TrainingMeter
{
    public const string Name = "DistributedTrainer.Training";
    public const string CommittedName = "dtrain.step.committed";
    public const string AssignedName = "dtrain.step.assigned";
    public const string ShardsName = "dtrain.step.shards";

    private static readonly Meter Meter = new(Name);

    /// <summary>The version from which this node begins to compute a step; every node with shards.</summary>
    public static Gauge<long> Started { get; } = Meter.CreateGauge<long>("dtrain.step.started");

    /// <summary>The version whose gradients this node has computed and handed on; every node with shards.</summary>
    public static Gauge<long> Computed { get; } = Meter.CreateGauge<long>("dtrain.step.computed");

    /// <summary>The version that a server has just made of its whole range; every server.</summary>
    public static Gauge<long> Updated { get; } = Meter.CreateGauge<long>("dtrain.step.updated");

    /// <summary>The version that the leading server has just made; on its node alone.</summary>
    public static Gauge<long> Committed { get; } = Meter.CreateGauge<long>(CommittedName);

    /// <summary>The version from which on a new assignment is in force, which the leading server has just stamped on it; on its node alone.</summary>
    public static Gauge<long> Assigned { get; } = Meter.CreateGauge<long>(AssignedName);

    /// <summary>
    /// The version from which a worker has computed shards; every worker. Tags: the first shard, the one after the last, and the timestamp of
    /// <see cref="System.Diagnostics.Stopwatch"/> at which it began. Recorded only where somebody listens: tags cost memory.
    /// </summary>
    public static Gauge<long> Shards { get; } = Meter.CreateGauge<long>(ShardsName);

    internal static void RecordShards(long version, int first, int end, long begun) =>
        Shards.Record(version, new KeyValuePair<string, object?>("first", first), new("end", end), new("begun", begun));
}
