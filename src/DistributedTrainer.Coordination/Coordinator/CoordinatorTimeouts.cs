namespace DistributedTrainer.Coordination;

/// <summary>The bounds of the coordinator's waits. Each failure names what was waited for.</summary>
public sealed record CoordinatorTimeouts
{
    /// <summary>For enough nodes to report.</summary>
    public TimeSpan Nodes { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For all nodes to load the data.</summary>
    public TimeSpan Open { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For a step, an assignment or an epoch decision to make progress.</summary>
    public TimeSpan Progress { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>For the model to be collected and written.</summary>
    public TimeSpan Save { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the run's last checkpoint, once its model is saved.</summary>
    public TimeSpan LastCheckpoint { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For what a lost node said before it was lost, and for reports of what survivors have: two reports and a bit.</summary>
    public TimeSpan LastWords { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>Until everybody who has lost a link has said so.</summary>
    public TimeSpan Accusation { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>For all nodes that live to report to a new coordinator.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Before a command without visible effect is sent again.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromSeconds(1);
}
