namespace DistributedTrainer.Actors;

// Messages to a RowsActor, within its node.

/// <summary>An answer from a node that has the data. The receiver releases its payload.</summary>
internal sealed record RowsArrived(string Node, FrameArrived Frame);

/// <summary>Somebody reads these rows now, and they are not here.</summary>
internal sealed record RowsMissed(int[] Rows);

/// <summary>The node computes shards First to End − 1 of a step now: fetch what the next ones need.</summary>
internal sealed record RowsNeededFrom(long Step, int First, int End);

/// <summary>The job is open: from now on it is known which rows a step needs.</summary>
internal sealed record RowsOpened(OpenedJob Job);
