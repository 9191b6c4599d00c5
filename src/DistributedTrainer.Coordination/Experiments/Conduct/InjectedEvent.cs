namespace DistributedTrainer.Coordination;

/// <summary>An event as it happened.</summary>
/// <param name="Kind">kill stop slow partition delay add remove, and restart for what follows a kill or remove.</param>
/// <param name="Node">Whom it was done to, as text; "all".</param>
/// <param name="AtStep">Steps committed then.</param>
/// <param name="At">Since the training began.</param>
/// <param name="Lasts">How long its cause lasts; null for good, or at once over.</param>
/// <param name="Nodes">The names in <paramref name="Node"/>.</param>
public sealed record InjectedEvent(string Kind, string Node, long AtStep, TimeSpan At, TimeSpan? Lasts, IReadOnlyList<string> Nodes)
{
    /// <summary>A part of the scenario that did not happen, and why; null where it did.</summary>
    public string? Missed { get; init; }

    /// <summary>One of the file, as opposed to one that was drawn or follows another.</summary>
    public bool IsPlanned { get; init; }
}
