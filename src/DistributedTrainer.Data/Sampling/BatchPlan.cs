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
/// Slices may be empty. Immutable; safe to use from several threads; nothing is allocated after construction.
/// </remarks>
public sealed class BatchPlan
{
    private readonly int _batchSize;
    private readonly int _shards;
    private readonly ShardBy _shardBy;
    private readonly ulong _seed;

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

    /// <summary>Number of rows in the slice of <paramref name="shard"/> at a step (counted from 0 over all epochs); 0 for an empty slice.</summary>
    public int SliceLength(long step, int shard) => Place(step, shard).Length;

    /// <summary>Writes the row indexes (into the training part) of the slice; returns their number.</summary>
    public int Slice(long step, int shard, Span<int> rows)
    {
        var (permutation, origin, start, length) = Place(step, shard);
        for (var i = 0; i < length; i++)
            rows[i] = origin + permutation.At(start + i);
        return length;
    }

    /// <summary>The permutation that a slice reads, the row its outcomes count from, and the positions taken.</summary>
    private (Permutation Permutation, int Origin, int Start, int Length) Place(long step, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, _shards);
        var batch = StepInEpoch(step);
        if (_shardBy == ShardBy.Batch)
        {
            var first = batch * _batchSize;
            var length = int.Min(_batchSize, Rows - first);
            var permutation = new Permutation(_seed, RandomPurpose.Permutation, checked((uint)Epoch(step)), Rows);
            return (permutation, 0, first + RowSlices.Start(length, _shards, shard), RowSlices.Length(length, _shards, shard));
        }

        var owned = RowSlices.Length(Rows, _shards, shard);
        var own = new Permutation(_seed, RandomPurpose.Permutation, checked((uint)(Epoch(step) * _shards + shard)), owned);
        return (own, RowSlices.Start(Rows, _shards, shard), RowSlices.Start(owned, StepsPerEpoch, batch), RowSlices.Length(owned, StepsPerEpoch, batch));
    }

    private static int CeilingOf(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);
}
