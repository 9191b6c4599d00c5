using CsCheck;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Coordination.Tests;

public class ReductionTreeTests
{
    public static TheoryData<int> Shards => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Shards))]
    public void Has_the_slots_of_the_definition_and_no_others(int shards)
    {
        var tree = new ReductionTree(shards);
        var naive = new LevelTree(shards);
        Assert.Equal(naive.Root, tree.Root);
        for (var first = -1; first <= shards; first++)
        {
            for (var end = first - 1; end <= shards + 1; end++)
                Assert.Equal(naive.Slots.Contains(new Slot(first, end)), tree.Contains(new Slot(first, end)));
        }
    }

    [Theory, MemberData(nameof(Shards))]
    public void Parents_siblings_and_children_are_those_of_the_definition(int shards)
    {
        var tree = new ReductionTree(shards);
        var naive = new LevelTree(shards);
        foreach (var slot in naive.Slots)
        {
            Assert.Equal(naive.Above(slot), tree.Above(slot));
            if (!slot.IsLeaf)
                Assert.Equal(naive.Children(slot), ReductionTree.Children(slot));
        }
    }

    [Theory, MemberData(nameof(Shards))]
    public void A_cover_is_the_widest_slots_of_the_run(int shards)
    {
        var tree = new ReductionTree(shards);
        var naive = new LevelTree(shards);
        for (var first = 0; first <= shards; first++)
        {
            for (var end = first; end <= shards; end++)
            {
                // A slot belongs to the cover exactly where it lies in the run and no slot above it does.
                var expected = naive.Slots
                    .Where(slot => slot.First >= first && slot.End <= end)
                    .Where(slot => !naive.Slots.Any(wider => wider != slot && wider.Covers(slot) && wider.First >= first && wider.End <= end))
                    .OrderBy(slot => slot.First);
                Assert.Equal(expected, tree.Cover(first, end));
            }
        }
    }

    [Fact]
    public void Segments_add_what_the_tree_adds_with_empty_slices_absent() => Slices.Sample(rows =>
    {
        var tree = new ReductionTree(rows.Length);
        var naive = new LevelTree(rows.Length);
        foreach (var slot in naive.Slots)
        {
            var expected = naive.Sum(slot, shard => rows[shard] == 0 ? null : Telltale.Value(shard));
            Assert.Equal(Bits(expected), Bits(AddUp(tree.Segments(slot, shard => rows[shard]), rows, slot)));
        }
    });

    [Fact]
    public void Segments_hold_the_rows_of_the_slices_in_order() => Slices.Sample(rows =>
        Assert.Equal(
            rows.Where(count => count > 0),
            new ReductionTree(rows.Length).Segments(new Slot(0, rows.Length), shard => rows[shard]).Select(segment => segment.Rows)));

    [Fact]
    public void A_tree_has_at_least_one_shard() => Assert.Throws<ArgumentOutOfRangeException>(() => new ReductionTree(0));

    /// <summary>Rows by shard, many of them empty.</summary>
    private static readonly Gen<int[]> Slices = Gen.Int[-3, 5].Select(rows => Math.Max(0, rows)).Array[1, 40];

    /// <summary>Runs the postfix program as the weight-gradient kernel does, one value a slice.</summary>
    private static float? AddUp(IReadOnlyList<Segment> segments, int[] rows, Slot slot)
    {
        var shards = Enumerable.Range(slot.First, slot.Shards).Where(shard => rows[shard] > 0).ToArray();
        var open = new Stack<float>();
        foreach (var (segment, shard) in segments.Zip(shards))
        {
            open.Push(Telltale.Value(shard));
            for (var merge = 0; merge < segment.Merges; merge++)
            {
                var right = open.Pop();
                open.Push(open.Pop() + right);
            }
        }

        return open.Count == 0 ? null : Assert.Single(open);
    }

    private static int? Bits(float? value) => value is { } number ? BitConverter.SingleToInt32Bits(number) : null;
}
