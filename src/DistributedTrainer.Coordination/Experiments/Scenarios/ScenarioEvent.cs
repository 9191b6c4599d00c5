namespace DistributedTrainer.Coordination;

/// <summary>Something that is done to the cluster.</summary>
/// <param name="At">When.</param>
public abstract record ScenarioEvent(RunTime At)
{
    /// <summary>The word in the file: kill.</summary>
    public abstract string Kind { get; }

    /// <summary>How long it lasts; null for good, or at once over.</summary>
    public virtual TimeSpan? Lasts => null;

    /// <summary>One of the file, as opposed to one drawn by the seed: it is missed where it does not happen.</summary>
    public bool IsPlanned { get; init; } = true;
}

/// <summary>Ends a node's process at once.</summary>
/// <param name="Restart">A new process takes its place after this.</param>
/// <param name="Resume">For all nodes: the job is resumed from its last checkpoint after this.</param>
public sealed record KillEvent(RunTime At, Victim Victim, TimeSpan? Restart = null, TimeSpan? Resume = null) : ScenarioEvent(At)
{
    public override string Kind => "kill";
}

/// <summary>Freezes a node's process.</summary>
public sealed record StopEvent(RunTime At, Victim Victim, TimeSpan? For = null) : ScenarioEvent(At)
{
    public override string Kind => "stop";

    public override TimeSpan? Lasts => For;
}

/// <summary>A node computes so many times slower.</summary>
public sealed record SlowEvent(RunTime At, Victim Victim, double Factor, TimeSpan? For = null) : ScenarioEvent(At)
{
    public override string Kind => "slow";

    public override TimeSpan? Lasts => For;
}

/// <summary>Nodes of different groups do not reach each other. Nodes in no group are with the first.</summary>
public sealed record PartitionEvent(RunTime At, IReadOnlyList<IReadOnlyList<string>> Groups, TimeSpan? For = null) : ScenarioEvent(At)
{
    public override string Kind => "partition";

    public override TimeSpan? Lasts => For;
}

/// <summary>Everything between any two of these nodes arrives later, each way.</summary>
public sealed record DelayEvent(RunTime At, IReadOnlyList<string> Nodes, TimeSpan By, TimeSpan? For = null) : ScenarioEvent(At)
{
    public override string Kind => "delay";

    public override TimeSpan? Lasts => For;
}

/// <summary>Further nodes come.</summary>
public sealed record AddEvent(RunTime At, int Count) : ScenarioEvent(At)
{
    public override string Kind => "add";
}

/// <summary>A node hands its work over and leaves.</summary>
/// <param name="Restart">A new process takes its place after this.</param>
public sealed record RemoveEvent(RunTime At, Victim Victim, TimeSpan? Restart = null) : ScenarioEvent(At)
{
    public override string Kind => "remove";
}

/// <summary>Who is meant: one node by its name, or a kind of node.</summary>
public readonly record struct Victim(VictimKind Kind, string Node = "")
{
    public override string ToString() => Kind == VictimKind.Named ? Node : Kind.ToString().ToLowerInvariant();
}

public enum VictimKind
{
    /// <summary>Hosts neither a range nor the coordinator.</summary>
    Worker,

    /// <summary>Hosts a range.</summary>
    Server,

    Coordinator,
    Any,
    All,

    /// <summary>node-1, node-2…</summary>
    Named,
}

/// <summary>A moment of a run.</summary>
/// <param name="Count">Of steps or epochs.</param>
/// <param name="Time">Where the unit is time: since the training began.</param>
public readonly record struct RunTime(RunUnit Unit, long Count, TimeSpan Time)
{
    public static RunTime Steps(long count) => new(RunUnit.Steps, count, default);

    public static RunTime Epochs(long count) => new(RunUnit.Epochs, count, default);

    public static RunTime After(TimeSpan time) => new(RunUnit.Time, 0, time);

    /// <summary>Whether the moment has come.</summary>
    /// <param name="step">Steps committed.</param>
    /// <param name="stepsPerEpoch">1 or more.</param>
    /// <param name="elapsed">Since the training began.</param>
    public bool HasCome(long step, long stepsPerEpoch, TimeSpan elapsed) => Unit switch
    {
        RunUnit.Steps => step >= Count,
        RunUnit.Epochs => step >= Count * stepsPerEpoch,
        _ => elapsed >= Time,
    };

    public override string ToString() => Unit switch
    {
        RunUnit.Steps => $"{Count} steps",
        RunUnit.Epochs => $"{Count} epochs",
        _ => FormattableString.Invariant($"{Time.TotalSeconds:0.###} s"),
    };
}

public enum RunUnit
{
    Steps,
    Epochs,
    Time,
}
