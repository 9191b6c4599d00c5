namespace DistributedTrainer.Simulation.Tests;

internal enum FaultKind
{
    Kill,
    KillSilently,
    KillAll,

    /// <summary>All processes at once, and the newest checkpoint is not what was written.</summary>
    PowerCut,
    Freeze,
    Slow,
    BreakLink,
    CutLink,
    Partition,
    Join,
    Leave,
    FillDisk,
    DamageCheckpoint,
}

/// <summary>Something that happens to the cluster.</summary>
/// <param name="AtStep">Once this version is committed.</param>
/// <param name="AtLatest">Or by this time, whatever became of the steps.</param>
/// <param name="Victim">Which of the nodes that are there then, in order.</param>
/// <param name="Lasts">Until it is over, or until the process is started again.</param>
internal sealed record Fault(FaultKind Kind, long AtStep, TimeSpan AtLatest, int Victim, TimeSpan Lasts)
{
    public override string ToString() => FormattableString.Invariant($"{Kind} of number {Victim} at step {AtStep} for {Lasts.TotalSeconds:0.00} s");
}
