using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>One training run: everything that decides the weights, and a few things that don't (name, metrics, checkpoint).</summary>
public sealed record Job
{
    public string Name { get; init; } = "job";

    public ulong Seed { get; init; }

    public required DataSpec Data { get; init; }

    public required IReadOnlyList<LayerSpec> Model { get; init; }

    public required LossSpec Loss { get; init; }

    public required OptimizerSpec Optimizer { get; init; }

    public PenaltySpec Penalty { get; init; }

    /// <summary>Null: the optimizer's learning rate at every step.</summary>
    public ScheduleSpec? Schedule { get; init; }

    /// <summary>Null: gradients are taken as they are.</summary>
    public ClipSpec? Clip { get; init; }

    /// <summary>Null: the weights themselves are evaluated and saved.</summary>
    public AverageSpec? Average { get; init; }

    /// <summary>Names of layers whose parameters stay as they are; null for none.</summary>
    public IReadOnlyList<string>? Freeze { get; init; }

    /// <summary>A saved model that training begins from; null: from what the seed makes.</summary>
    public StartFromSpec? StartFrom { get; init; }

    /// <summary>Null: the job trains on labelled rows only.</summary>
    public PseudoLabelSpec? PseudoLabels { get; init; }

    /// <summary>Rows in a mini-batch; null for all training rows.</summary>
    public int? BatchSize { get; init; } = 64;

    /// <summary>Parts in which each shard computes its slice of a batch, one after the other.</summary>
    public int MicroBatches { get; init; } = 1;

    public int Epochs { get; init; } = 10;

    public StopSpec Stop { get; init; } = new();

    /// <summary>Logical workers: slices of every batch. Null is min(8, batch size).</summary>
    public int? Shards { get; init; }

    /// <summary>What is rounded where it is handed on.</summary>
    public Precision Precision { get; init; }

    /// <summary>Null: by the loss.</summary>
    public IReadOnlyList<MetricSpec>? Metrics { get; init; }

    public CheckpointSpec Checkpoint { get; init; } = new();

    /// <summary>Whether the job keeps rows, or names files, for validation.</summary>
    public bool HasValidation => Data.ValidationFraction > 0 || Data.ValidationFiles is not null;

    /// <summary>What servers do with a step's gradient.</summary>
    public UpdateSpec Update => new(Optimizer) { Penalty = Penalty, Clip = Clip, AverageDecay = Average?.Decay, Frozen = Freeze ?? [] };

    /// <summary>Rows of an epoch: those of the training part, and the unlabelled ones where the model labels them.</summary>
    public int EpochRows(DataSet data) => data.Train.Count + (PseudoLabels is null ? 0 : data.Unlabelled!.Count);

    /// <summary>Rows in a full mini-batch.</summary>
    /// <param name="trainRows">Rows of the training part.</param>
    public long ResolveBatchSize(long trainRows) => BatchSize ?? trainRows;

    /// <summary>The number of shards: as set, else 8, or the batch size where that is smaller.</summary>
    /// <param name="trainRows">Rows of the training part.</param>
    public int ResolveShards(long trainRows) => Shards ?? (int)Math.Min(DefaultShards, ResolveBatchSize(trainRows));

    /// <summary>The reported metrics: as set, else by the loss.</summary>
    public IReadOnlyList<MetricSpec> ResolveMetrics() => Metrics ?? MetricSet.DefaultFor(Loss);

    /// <summary>The watched figure: as set, else validation.loss where there is validation, else train.loss.</summary>
    public string ResolveMonitor() => Stop.Monitor ?? (HasValidation ? "validation.loss" : "train.loss");

    internal const int DefaultShards = 8;

    /// <summary>Names for the layers that have none: see <see cref="LayerNames.Assign"/>.</summary>
    internal Job WithLayerNames() => this with { Model = LayerNames.Assign(Model) };

    /// <summary>The job with every default that follows from the job alone written into it.</summary>
    internal Job SpelledOut() => WithLayerNames() with
    {
        Data = Data with { Normalize = Data.Normalize ?? DataSection.DefaultNormalization(Data) },
        Shards = Shards ?? (BatchSize is { } rows ? Math.Min(DefaultShards, rows) : null),
        Metrics = ResolveMetrics(),
        Stop = Stop with { Monitor = ResolveMonitor() },
    };
}

/// <summary>When training ends before the last epoch: whichever comes first. Null rules are off.</summary>
public sealed record StopSpec
{
    /// <summary>The watched figure: <c>train.loss</c>, <c>validation.loss</c> or <c>validation.{metric}</c>. Null: validation.loss where there is validation, else train.loss.</summary>
    public string? Monitor { get; init; }

    /// <summary>Epochs without improvement by more than <see cref="MinDelta"/>; the best version is then the one saved.</summary>
    public int? Patience { get; init; }

    public double MinDelta { get; init; }

    /// <summary>Stop once the watched figure is as good as this.</summary>
    public double? Target { get; init; }

    /// <summary>Stop once the train loss changes by less than this between epochs.</summary>
    public double? Tolerance { get; init; }

    public long? Steps { get; init; }

    /// <summary>Makes the hash depend on the clock.</summary>
    public TimeSpan? Time { get; init; }
}
