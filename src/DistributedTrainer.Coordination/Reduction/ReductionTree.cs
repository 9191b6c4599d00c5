using System.Numerics;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Coordination;

/// <summary>
/// The one binary tree along which sums over shards are taken: (0,1),(2,3),…, then pairs of pairs; an odd last entry moves up
/// unchanged. A slot of the tree is therefore an aligned run of shards, cut off at the last shard.
/// </summary>
public sealed class ReductionTree
{
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one shard.</exception>
    public ReductionTree(int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        Shards = shards;
    }

    public int Shards { get; }

    public Slot Root => new(0, Shards);

    /// <summary>Whether the run of shards is a slot of this tree.</summary>
    public bool Contains(Slot slot)
    {
        if (slot.First < 0 || slot.Shards < 1 || slot.End > Shards)
            return false;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)slot.Shards);
        return slot.First % size == 0 && slot.End == Math.Min(slot.First + size, Shards);
    }

    /// <summary>The two halves of a slot of more than one shard.</summary>
    public static (Slot Left, Slot Right) Children(Slot slot)
    {
        var half = (int)BitOperations.RoundUpToPowerOf2((uint)slot.Shards) / 2;
        return (new Slot(slot.First, slot.First + half), new Slot(slot.First + half, slot.End));
    }

    /// <summary>The slot that this one and its sibling add up to, and that sibling; null for the root.</summary>
    public (Slot Parent, Slot Sibling)? Above(Slot slot)
    {
        if (slot == Root)
            return null;
        for (var size = (int)BitOperations.RoundUpToPowerOf2((uint)slot.Shards) * 2; ; size *= 2)
        {
            var first = slot.First / size * size;
            var parent = new Slot(first, Math.Min(first + size, Shards));
            if (parent == slot)
                continue; // an odd last entry that moved up unchanged
            var (left, right) = Children(parent);
            return (parent, left == slot ? right : left);
        }
    }

    /// <summary>The fewest slots that together hold the shards first to end − 1, in order: what a node that owns them sends.</summary>
    public IReadOnlyList<Slot> Cover(int first, int end)
    {
        var slots = new List<Slot>();
        while (first < end)
        {
            var best = new Slot(first, first + 1);
            for (var size = 2; first % size == 0; size *= 2)
            {
                var wider = new Slot(first, Math.Min(first + size, Shards));
                if (wider.End > end)
                    break;
                best = wider;
                if (wider.End == Shards)
                    break;
            }

            slots.Add(best);
            first = best.End;
        }

        return slots;
    }

    /// <summary>
    /// The slot's slices in postfix order, as the weight-gradient kernel sums them. Empty slices are absent and their siblings pass
    /// unchanged; the result is empty where all slices are.
    /// </summary>
    /// <param name="slot">A slot of this tree.</param>
    /// <param name="sliceLength">Rows of a shard's slice in this step.</param>
    public IReadOnlyList<Segment> Segments(Slot slot, Func<int, int> sliceLength)
    {
        var segments = new List<Segment>(slot.Shards);
        AppendSegments(slot, sliceLength, segments);
        return segments;
    }

    private static bool AppendSegments(Slot slot, Func<int, int> sliceLength, List<Segment> segments)
    {
        if (slot.IsLeaf)
        {
            var rows = sliceLength(slot.First);
            if (rows > 0)
                segments.Add(new Segment(rows, 0));
            return rows > 0;
        }

        var (left, right) = Children(slot);
        var hasLeft = AppendSegments(left, sliceLength, segments);
        var hasRight = AppendSegments(right, sliceLength, segments);
        if (hasLeft && hasRight)
            segments[^1] = segments[^1] with { Merges = segments[^1].Merges + 1 };
        return hasLeft || hasRight;
    }
}
