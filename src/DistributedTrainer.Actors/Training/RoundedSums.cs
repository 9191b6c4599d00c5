using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Adds the gradients of shards up to slots of the reduction tree, each shard's and then each pair's sum rounded to bfloat16: at the same places
/// wherever the shards are computed.
/// </summary>
internal sealed unsafe class RoundedSums
{
    private readonly ParameterLayout _layout;
    private readonly IReadOnlyList<Slot> _slots;
    private readonly int[] _partOfShard;
    private readonly int[] _partOfSlot;
    private readonly StepSums[] _sums;

    /// <param name="slots">None is empty.</param>
    /// <param name="hasRows">By shard.</param>
    public RoundedSums(ParameterLayout layout, IReadOnlyList<Slot> slots, Func<int, bool> hasRows)
    {
        (_layout, _slots) = (layout, slots);
        Parts = [.. slots.SelectMany(slot => Enumerable.Range(slot.First, slot.Shards)).Where(hasRows)];
        _partOfShard = new int[slots.Count == 0 ? 0 : slots[^1].End];
        Array.Fill(_partOfShard, -1);
        for (var part = 0; part < Parts.Count; part++)
            _partOfShard[Parts[part]] = part;
        _partOfSlot = new int[slots.Count];
        _sums = new StepSums[Parts.Count];
    }

    /// <summary>The shard of each part, ascending; empty ones are left out.</summary>
    public IReadOnlyList<int> Parts { get; }

    /// <summary>The part whose buffer holds a slot's sum after <see cref="Fold"/>.</summary>
    public int PartOf(int slot) => _partOfSlot[slot];

    /// <summary>The slot's loss, denominator and rows.</summary>
    public StepSums SumsOf(int slot) => _sums[_partOfSlot[slot]];

    /// <summary>Rounds and adds some elements of all parts; what the parts' other elements hold stays.</summary>
    /// <param name="buffers">A gradient vector a part; those of a slot's first shards receive the sums.</param>
    /// <param name="sums">By part.</param>
    /// <param name="begin">The first element.</param>
    public void Fold(TensorBuffer[] buffers, StepSums[] sums, int begin, int length)
    {
        sums.AsSpan(0, _sums.Length).CopyTo(_sums);
        foreach (var buffer in buffers)
            Bfloat16.Round(buffer.Pointer + begin, buffer.Pointer + begin, length);
        for (var slot = 0; slot < _slots.Count; slot++)
            _partOfSlot[slot] = FoldSlot(_slots[slot], buffers, begin, length);
    }

    /// <returns>The part that holds the slot's sum; −1 where the slot is empty.</returns>
    private int FoldSlot(Slot slot, TensorBuffer[] buffers, int begin, int length)
    {
        if (slot.IsLeaf)
            return _partOfShard[slot.First];
        var (leftSlot, rightSlot) = ReductionTree.Children(slot);
        var left = FoldSlot(leftSlot, buffers, begin, length);
        var right = FoldSlot(rightSlot, buffers, begin, length);
        if (left < 0 || right < 0)
            return Math.Max(left, right);
        var sum = buffers[left].Pointer + begin;
        _layout.AddGradients(begin, length, sum, _sums[left].Samples, buffers[right].Pointer + begin, _sums[right].Samples);
        Bfloat16.Round(sum, sum, length);
        _sums[left] += _sums[right];
        return left;
    }
}
