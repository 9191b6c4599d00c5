using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>The reduction tree over shards: (0,1),(2,3)…, an odd last entry moving up; absent slices pass their sibling on.</summary>
internal static class ShardTree
{
    /// <summary>Slice s of B rows is rows ⌊sB/S⌋ to ⌊(s+1)B/S⌋.</summary>
    public static int[] SliceRows(int rows, int shards) =>
        [.. Enumerable.Range(0, shards).Select(s => (s + 1) * rows / shards - s * rows / shards)];

    /// <summary>The whole tree in postfix order.</summary>
    public static Segment[] Segments(IReadOnlyList<int> sliceRows)
    {
        var segments = new List<Segment>();
        Visit(sliceRows, 0, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)sliceRows.Count), segments);
        return [.. segments];
    }

    /// <summary>Folds values of the present slices along the tree.</summary>
    public static T Fold<T>(IReadOnlyList<int> sliceRows, Func<int, T> leaf, Func<T, T, T> add)
    {
        var open = new Stack<T>();
        var next = 0;
        foreach (var segment in Segments(sliceRows))
        {
            while (sliceRows[next] == 0)
                next++;
            open.Push(leaf(next++));
            for (var merge = 0; merge < segment.Merges; merge++)
            {
                var right = open.Pop();
                open.Push(add(open.Pop(), right));
            }
        }

        return open.Single();
    }

    private static bool Visit(IReadOnlyList<int> sliceRows, int first, int size, List<Segment> segments)
    {
        if (first >= sliceRows.Count)
            return false;
        if (size == 1)
        {
            if (sliceRows[first] > 0)
                segments.Add(new Segment(sliceRows[first], 0));
            return sliceRows[first] > 0;
        }

        var left = Visit(sliceRows, first, size / 2, segments);
        var right = Visit(sliceRows, first + size / 2, size / 2, segments);
        if (left && right)
            segments[^1] = segments[^1] with { Merges = segments[^1].Merges + 1 };
        return left || right;
    }
}
