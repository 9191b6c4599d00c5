using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>Adds siblings among the partial sums that one node has, so that fewer vectors travel.</summary>
internal static unsafe class PartialTree
{
    /// <param name="job">The job.</param>
    /// <param name="partials">Each holds its buffer; what is added to another is released.</param>
    /// <returns>What is left: no two siblings.</returns>
    public static PartialSum[] Merge(OpenedJob job, IReadOnlyList<PartialSum> partials)
    {
        var merged = partials.ToDictionary(partial => partial.Slot);
        foreach (var partial in partials.OrderBy(partial => partial.Slot.First))
            Climb(partial);
        return [.. merged.Values];

        void Climb(PartialSum partial)
        {
            while (job.Tree.Above(partial.Slot) is var (parent, sibling) && merged.TryGetValue(sibling, out var other))
            {
                var (left, right) = sibling.First < partial.Slot.First ? (other, partial) : (partial, other);
                job.Network.Layout.AddGradients(
                    0, job.Network.Layout.Length, left.Buffer.Pointer, left.Head.Sums.Samples, right.Buffer.Pointer, right.Head.Sums.Samples);
                if (job.IsHalf)
                    Bfloat16.Round(left.Buffer.Pointer, left.Buffer.Pointer, job.Network.Layout.Length);
                right.Buffer.Release();
                merged.Remove(left.Slot);
                merged.Remove(right.Slot);
                partial = new PartialSum(
                    parent,
                    left.Buffer,
                    new PartialHead(left.Head.Sums + right.Head.Sums, HeldPartial.Lowest(left.Head.BadShard, right.Head.BadShard)));
                merged[parent] = partial;
            }
        }
    }
}
