using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Stands in for a worker's passes where the exchange alone is measured: pushes the same buffer of zeros at every step. A server on this
/// node may add other zeros to it in place and changes nothing: who computes a slot twice, as help does, must get the same bits.
/// </summary>
internal sealed class ReadyGradient(OpenedJob job, BufferPool pool)
{
    private readonly Dictionary<Slot, TensorBuffer> _buffers = [];
    private IReadOnlyList<Slot> _slots = [];
    private (int First, int End) _shards;

    /// <summary>Works for nodes with one worker, which always have a route.</summary>
    public StepComputed Push(ComputeStep work)
    {
        if (_shards != (work.First, work.End))
            (_shards, _slots) = ((work.First, work.End), [.. job.Tree.Cover(work.First, work.End)]);
        for (var piece = job.Pieces.Length - 1; piece >= 0; piece--)
        {
            for (var index = 0; index < _slots.Count; index++)
            {
                var slot = _slots[index];
                long rows = 0;
                for (var shard = slot.First; shard < slot.End; shard++)
                    rows += job.Plan.Batches.SliceLength(work.Step, shard);
                work.Route!.Push(work.Step, slot, new PartialHead(new StepSums(0, rows, rows), -1), BufferOf(slot), piece);
            }
        }

        return new StepComputed(work.Step, work.End - work.First, []);
    }

    private TensorBuffer BufferOf(Slot slot)
    {
        if (!_buffers.TryGetValue(slot, out var buffer))
        {
            _buffers[slot] = buffer = pool.Rent(job.Network.Layout.Length);
            buffer.Floats.Clear(); // touched: memory of its own, not the system's one page of zeros
        }

        return buffer;
    }
}
