namespace DistributedTrainer.Numerics.Tests;

/// <summary>The tree of the law of bits, in its plainest form: pairs, then pairs of pairs; an odd last entry moves up unchanged.</summary>
internal static class ReductionTree
{
    public static Segment[] Postfix(params int[] rows)
    {
        var level = rows.Select(r => new[] { new Segment(r, 0) }).ToList();
        while (level.Count > 1)
            level = level.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : Add(pair[0], pair[1])).ToList();
        return level[0];
    }

    private static Segment[] Add(Segment[] left, Segment[] right)
    {
        var both = left.Concat(right).ToArray();
        both[^1] = both[^1] with { Merges = both[^1].Merges + 1 };
        return both;
    }
}
