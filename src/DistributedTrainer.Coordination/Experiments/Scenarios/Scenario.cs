namespace DistributedTrainer.Coordination;

/// <summary>A fault-tolerance experiment: a job, a cluster, what happens to it and what is expected of it.</summary>
public sealed record Scenario
{
    public string Name { get; init; } = "experiment";

    /// <summary>The job file, absolute.</summary>
    public required string Job { get; init; }

    /// <summary>Changes of the job as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    public ClusterShape Cluster { get; init; } = new();

    /// <summary>Disturbed runs.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Draws victims and times, nothing of the training.</summary>
    public ulong Seed { get; init; }

    public IReadOnlyList<ScenarioEvent> Events { get; init; } = [];

    public RandomFaults? Random { get; init; }

    public Expectations Expect { get; init; } = new();

    /// <summary>Whether a node's network or speed is interfered with from inside, as opposed to its process from outside.</summary>
    public bool InjectsFaults => Events.Any(e => e is SlowEvent or PartitionEvent or DelayEvent);

    /// <summary>Everything that is certain to happen if the job lasts: the events of the file, then those drawn by the seed.</summary>
    /// <param name="repeat">The disturbed run, counted from 1: each draws times of its own.</param>
    public IReadOnlyList<ScenarioEvent> EventsOf(int repeat) =>
        Random is null ? Events : [.. Events, .. RandomSchedule.Draw(Random, Seed, repeat)];
}

/// <summary>What the job runs on; null where <c>dtrain train</c>'s defaults hold.</summary>
public sealed record ClusterShape
{
    public int Nodes { get; init; } = 3;

    public int? Servers { get; init; }

    public int? Replicas { get; init; }

    public int? Threads { get; init; }

    /// <summary>Nodes that own a range at the start, as far as the model has so many ranges.</summary>
    public int ServingNodes => Math.Min(Servers ?? 2, Nodes);
}

/// <summary>Faults at random times: exponential gaps, so that any moment is as likely as any other.</summary>
/// <param name="MeanTimeBetween">The mean gap.</param>
/// <param name="Kinds">What is done, drawn with equal chances.</param>
/// <param name="Restart">How long a victim is away: a killed or removed one is started again, a frozen one goes on.</param>
/// <param name="Until">No fault begins later than this after the training's start.</param>
public sealed record RandomFaults(TimeSpan MeanTimeBetween, IReadOnlyList<RandomFault> Kinds, TimeSpan Restart, TimeSpan Until);

public enum RandomFault
{
    Kill,
    Stop,
    Remove,
}

/// <summary>What must come out; null is not judged.</summary>
public sealed record Expectations
{
    public bool SameWeights { get; init; } = true;

    public long SamplesLost { get; init; }

    public long SamplesDoubled { get; init; }

    /// <summary>The longest pause that any event may cause.</summary>
    public TimeSpan? PauseMax { get; init; }

    /// <summary>The most steps that a run may repeat.</summary>
    public long? StepsRepeatedMax { get; init; }
}
