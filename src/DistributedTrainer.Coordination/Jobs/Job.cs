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

    /// <summary>Rows in a mini-batch; null for all training rows.</summary>
    public int? BatchSize { get; init; } = 64;

    public int Epochs { get; init; } = 10;

    public StopSpec Stop { get; init; } = new();

    /// <summary>Logical workers: slices of every batch. Null is min(8, batch size).</summary>
    public int? Shards { get; init; }

    /// <summary>Null: by the loss.</summary>
    public IReadOnlyList<MetricSpec>? Metrics { get; init; }
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
