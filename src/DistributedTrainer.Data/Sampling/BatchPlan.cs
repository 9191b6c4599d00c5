using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>
/// Which rows each shard takes at each step: a pure function of (rows, batch size, shards, shard-by, seed), so that any node can
/// compute any slice at any time and nothing is shipped. Each row is used exactly once an epoch; the last batch of an epoch is short.
/// </summary>
/// <remarks>
/// <see cref="ShardBy.Batch"/>: batch b holds positions b·B to min((b+1)·B, N) of the epoch's permutation (stream = epoch), and shard s
/// of S its slice ⌊s·B'/S⌋ to ⌊(s+1)·B'/S⌋, B' being the batch's rows. <see cref="ShardBy.Rows"/>: shard s owns rows ⌊s·N/S⌋ to
/// ⌊(s+1)·N/S⌋, R of them, permuted in themselves (stream = epoch·S + s), and step b of K takes positions ⌊b·R/K⌋ to ⌊(b+1)·R/K⌋.
/// Slices may be empty. Safe to use from several threads; a slice allocates only where its shard enters another epoch.
/// </remarks>
public sealed class BatchPlan
{
    private readonly int _batchSize;
    private readonly int _shards;
    private readonly ShardBy _shardBy;
    private readonly ulong _seed;

    // The permutation last used, by shard (one for all where batches are sliced). Losing a race costs one allocation, no more.
    private readonly EpochOrder?[] _orders;

    /// <param name="rows">Rows of the training part, N ≥ 1.</param>
    /// <param name="batchSize">Rows of a step, B: 1 to N.</param>
    /// <param name="shards">S: 1 to B.</param>
    /// <param name="shardBy">How rows are dealt to shards.</param>
    /// <param name="seed">The job's seed.</param>
    /// <exception cref="DataException">The batch is larger than the data, or there are more shards than rows in a batch.</exception>
    public BatchPlan(int rows, int batchSize, int shards, ShardBy shardBy, ulong seed)
    {
        if (rows < 1)
            throw new DataException($"There are {rows} training rows; at least 1 is needed.");
        if (batchSize < 1 || batchSize > rows)
            throw new DataException($"batch-size {batchSize} does not fit {rows} training rows; 1 to {rows} is allowed, or all.");
        if (shards < 1 || shards > batchSize)
            throw new DataException($"shards {shards} does not fit batch-size {batchSize}; 1 to {batchSize} is allowed.");
        Rows = rows;
        _batchSize = batchSize;
        _shards = shards;
        _shardBy = shardBy;
        _seed = seed;
        _orders = new EpochOrder?[shardBy == ShardBy.Batch ? 1 : shards];
        StepsPerEpoch = (int)(((long)rows + batchSize - 1) / batchSize);
    }

    public int Rows { get; }

    public int StepsPerEpoch { get; }

    /// <summary>The longest slice of any step: what buffers must hold.</summary>
    public int SliceLengthMax => _shardBy == ShardBy.Batch
        ? CeilingOf(_batchSize, _shards)
        : CeilingOf(CeilingOf(Rows, _shards), StepsPerEpoch);

    /// <summary>The epoch, from 0, of a step counted from 0 over all epochs.</summary>
    public long Epoch(long step) => step / StepsPerEpoch;

    /// <summary>The step's place in its epoch, from 0.</summary>
    public int StepInEpoch(long step) => (int)(step % StepsPerEpoch);

    /// <summary>Rows that all shards together take at a step.</summary>
    public int BatchLength(long step)
    {
        if (_shardBy == ShardBy.Batch)
            return int.Min(_batchSize, Rows - StepInEpoch(step) * _batchSize);
        var length = 0;
        for (var shard = 0; shard < _shards; shard++)
            length += SliceLength(step, shard);
        return length;
    }

    /// <summary>
    /// Number of rows in the slice of <paramref name="shard"/> at a step (counted from 0 over all epochs); 0 for an empty slice.
    /// </summary>
    public int SliceLength(long step, int shard) => Positions(step, shard).Length;

    /// <summary>Writes the row indexes (into the training part) of the slice; returns their number.</summary>
    public int Slice(long step, int shard, Span<int> rows)
    {
        var (start, length) = Positions(step, shard);
        var origin = _shardBy == ShardBy.Batch ? 0 : RowSlices.Start(Rows, _shards, shard);
        var order = Order(Epoch(step), shard);
        for (var i = 0; i < length; i++)
            rows[i] = origin + order.At(start + i);
        return length;
    }

    /// <summary>Where in the epoch's permutation (the shard's own, by rows) the slice lies.</summary>
    private (int Start, int Length) Positions(long step, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, _shards);
        var batch = StepInEpoch(step);
        if (_shardBy == ShardBy.Batch)
        {
            var length = BatchLength(step);
            return (batch * _batchSize + RowSlices.Start(length, _shards, shard), RowSlices.Length(length, _shards, shard));
        }

        var owned = RowSlices.Length(Rows, _shards, shard);
        return (RowSlices.Start(owned, StepsPerEpoch, batch), RowSlices.Length(owned, StepsPerEpoch, batch));
    }

    private Permutation Order(long epoch, int shard)
    {
        ref var kept = ref _orders[_shardBy == ShardBy.Batch ? 0 : shard];
        var order = Volatile.Read(ref kept);
        if (order is null || order.Epoch != epoch)
        {
            order = new EpochOrder(epoch, _shardBy == ShardBy.Batch
                ? new Permutation(_seed, RandomPurpose.Permutation, checked((uint)epoch), Rows)
                : new Permutation(
                    _seed, RandomPurpose.Permutation, checked((uint)(epoch * _shards + shard)), RowSlices.Length(Rows, _shards, shard)));
            Volatile.Write(ref kept, order);
        }

        return order.Rows;
    }

    private static int CeilingOf(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);

    private sealed record EpochOrder(long Epoch, Permutation Rows);
}
