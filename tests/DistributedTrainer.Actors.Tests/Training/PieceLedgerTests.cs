using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public unsafe class PieceLedgerTests
{
    private const int Length = 37;
    private readonly BufferPool _pool = new();
    private readonly Stack<HeldPartial> _free = new();

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(8), InlineData(13)]
    public void Any_order_of_arrival_gives_the_sum_along_the_tree(int shards)
    {
        var expected = Sum(new Slot(0, shards));
        var random = new Random(shards);
        for (var round = 0; round < 50; round++)
        {
            var ledger = Begin(shards);
            var order = Enumerable.Range(0, shards).ToArray();
            random.Shuffle(order);
            foreach (var shard in order)
                Assert.True(Offer(ledger, new Slot(shard, shard + 1)));
            var root = ledger.Root!;
            var sum = new float[Length];
            for (var index = 0; index < Length; index++)
                sum[index] = root.Addend is null ? root.Pointer[index] : root.Pointer[index] + root.Addend[index];
            Assert.Equal(expected, sum);
            Assert.Equal(shards, root.Sums.Samples);
            ledger.Commit();
            Assert.True(ledger.IsCommitted);
            Assert.Null(ledger.Root);
        }
    }

    [Fact]
    public void Buffers_come_back_whatever_becomes_of_them()
    {
        var ledger = Begin(4);
        var buffers = new List<TensorBuffer>();
        Assert.True(Offer(ledger, new Slot(0, 1), buffers));
        Assert.False(Offer(ledger, new Slot(0, 1), buffers)); // a duplicate
        Assert.True(Offer(ledger, new Slot(0, 2), buffers)); // covers the first
        Assert.False(Offer(ledger, new Slot(1, 3), buffers)); // no slot of the tree
        Assert.True(Offer(ledger, new Slot(2, 4), buffers));
        ledger.Commit();
        Assert.False(Offer(ledger, new Slot(2, 4), buffers)); // after the end
        ledger.Begin(_ => false);
        Assert.True(Offer(ledger, new Slot(3, 4), buffers));
        ledger.Abandon();
        Assert.All(buffers, buffer => Assert.Throws<InvalidOperationException>(buffer.Release));
    }

    [Fact]
    public void The_lowest_shard_with_a_bad_loss_is_named()
    {
        var ledger = Begin(4);
        foreach (var shard in new[] { 3, 1, 0, 2 })
            Offer(ledger, new Slot(shard, shard + 1), bad: shard is 3 or 2 ? shard : -1);
        Assert.Equal(2, ledger.Root!.BadShard);
    }

    private PieceLedger Begin(int shards)
    {
        var ledger = new PieceLedger(
            new RangePiece(0, 0, 0, Length), new ParameterLayout([new Parameter("w", [Length], 0, IsWeight: true)]), new ReductionTree(shards), _free);
        ledger.Begin(_ => false);
        return ledger;
    }

    private bool Offer(PieceLedger ledger, Slot slot, List<TensorBuffer>? buffers = null, int bad = -1)
    {
        var buffer = _pool.Rent(Length + 5);
        buffers?.Add(buffer);
        Sum(slot).CopyTo(buffer.Floats[5..]);
        var header = new FrameHeader
        {
            Kind = FrameKind.Push,
            SlotFirst = slot.First,
            SlotEnd = slot.End,
            Sums = new StepSums(1, slot.Shards, slot.Shards),
            BadShard = bad,
        };
        return ledger.Offer(header, new TensorSlice(buffer, 5, Length));
    }

    /// <summary>By recursion, from leaves whose sum betrays every other order.</summary>
    private static float[] Sum(Slot slot)
    {
        if (slot.IsLeaf)
            return [.. Enumerable.Range(0, Length).Select(index => 1f / (1 + index + (slot.First * 7)))];
        var (left, right) = ReductionTree.Children(slot);
        return slot.End <= left.End ? Sum(left) : [.. Sum(left).Zip(Sum(new Slot(right.First, slot.End)), (a, b) => a + b)];
    }
}
