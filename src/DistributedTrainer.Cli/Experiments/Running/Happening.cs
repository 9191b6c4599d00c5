using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Something that the run of an experiment hears of.</summary>
internal abstract record Happening;

internal sealed record JobHappened(JobEvent Event) : Happening;

/// <param name="Number">Which process it was, counted over all nodes.</param>
internal sealed record NodeSaid(string Node, int Number, ManagedReport Report) : Happening;

/// <summary>Look whether something is due.</summary>
internal sealed record Ticked : Happening;

/// <summary>A host has ended: with the job's result, or because of this.</summary>
internal sealed record HostEnded(LocalCluster Host, Exception? Error) : Happening;
