namespace DistributedTrainer.Data;

/// <summary>
/// Which rows each shard takes at each step: a pure function of (rows, batch size, shards, shard-by, seed), so that any node can
/// compute any slice at any time and nothing is shipped.
/// </summary>
public sealed class BatchPlan
{
    public BatchPlan(int rows, int batchSize, int shards, ShardBy shardBy, ulong seed) => throw new NotImplementedException();

    public int Rows => throw new NotImplementedException();

    public int StepsPerEpoch => throw new NotImplementedException();

    /// <summary>Number of rows in the slice of <paramref name="shard"/> at a step (counted from 0 over all epochs); 0 for an empty slice.</summary>
    public int SliceLength(long step, int shard) => throw new NotImplementedException();

    /// <summary>Writes the row indexes (into the training part) of the slice; returns their number.</summary>
    public int Slice(long step, int shard, Span<int> rows) => throw new NotImplementedException();
}
