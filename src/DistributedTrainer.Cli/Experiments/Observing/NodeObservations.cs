namespace DistributedTrainer.Cli;

/// <summary>
/// What a node saw since it last told. Times are timestamps of <see cref="System.Diagnostics.Stopwatch"/>, which on one machine is one clock
/// for all processes.
/// </summary>
/// <param name="Versions">Committed by this node's leading server, with <paramref name="CommittedAt"/>.</param>
/// <param name="Assigned">Versions from which on a new assignment is in force.</param>
/// <param name="Passes">Of this node's workers.</param>
internal sealed record NodeObservations(
    IReadOnlyList<long> Versions, IReadOnlyList<long> CommittedAt, IReadOnlyList<long> Assigned, IReadOnlyList<PassPortion> Passes);

/// <summary>Passes of a worker over the same shards, one after the other.</summary>
internal sealed record PassPortion(int First, int End, long FromStep, long ToStep, long From, long To, int Count);

/// <param name="Node">Address of the node at the other end.</param>
/// <param name="At">Timestamp.</param>
internal sealed record LinkLost(string Node, long At);
