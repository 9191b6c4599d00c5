using CsCheck;

namespace DistributedTrainer.Coordination.Tests;

public class SlotLedgerTests
{
    /// <summary>Which shards are empty, and a seed for the order of arrival.</summary>
    private static readonly Gen<(bool[] Empty, uint Seed)> Steps = Gen.Select(Gen.Bool.Array[1, 33], Gen.UInt);

    [Fact]
    public void The_sum_is_that_of_the_tree_in_any_order_of_arrival() => Steps.Sample((empty, seed) =>
    {
        var expected = Expected(empty);
        var ledger = new Ledger(empty);
        foreach (var shard in Shuffled(Enumerable.Range(0, empty.Length), seed))
            Assert.Equal(empty[shard] ? SlotVerdict.Invalid : SlotVerdict.Accepted, ledger.Offer(new Slot(shard, shard + 1)));
        Assert.Equal(expected, ledger.RootBits);
        Assert.Empty(ledger.Missing);
    });

    [Fact]
    public void Duplicates_and_overlapping_slots_change_nothing() => Steps.Sample((empty, seed) =>
    {
        var slots = new LevelTree(empty.Length).Slots;
        var ledger = new Ledger(empty);
        // Every slot twice, in any order: ancestors before and after their descendants.
        foreach (var slot in Shuffled(slots.Concat(slots), seed))
            ledger.Offer(slot);
        Assert.Equal(Expected(empty), ledger.RootBits);
    });

    [Fact]
    public void Every_value_is_added_dropped_refused_or_the_root_exactly_once() => Steps.Sample((empty, seed) =>
    {
        var slots = new LevelTree(empty.Length).Slots;
        var ledger = new Ledger(empty);
        foreach (var slot in Shuffled(slots.Concat(slots), seed))
        {
            ledger.Offer(slot);
            Assert.Equal(ledger.Offered, ledger.Freed + ledger.Held);
        }

        Assert.Equal(empty.All(isEmpty => isEmpty) ? 0 : 1, ledger.Held);
    });

    [Fact]
    public void What_is_missing_is_named_by_the_widest_slots() => Steps.Sample((empty, seed) =>
    {
        var naive = new LevelTree(empty.Length);
        var ledger = new Ledger(empty);
        var present = empty.ToArray();
        foreach (var shard in Shuffled(Enumerable.Range(0, empty.Length).Where(shard => !empty[shard]), seed))
        {
            // Every shard with rows lies in exactly one missing slot until it arrives, and no two of those make up a wider one.
            var missing = ledger.Missing;
            for (var other = 0; other < empty.Length; other++)
                Assert.Equal(present[other] ? 0 : 1, missing.Count(slot => slot.First <= other && other < slot.End && !present[other]));
            Assert.DoesNotContain(missing, slot => naive.Above(slot) is var (_, sibling) && missing.Contains(sibling));
            ledger.Offer(new Slot(shard, shard + 1));
            present[shard] = true;
        }

        Assert.Empty(ledger.Missing);
    });

    [Fact]
    public void A_run_that_is_no_slot_is_refused()
    {
        var ledger = new Ledger(new bool[6]);
        foreach (var slot in (Slot[])[new(1, 3), new(0, 3), new(2, 6), new(0, 7), new(-1, 0), new(3, 3), new(4, 2)])
            Assert.Equal(SlotVerdict.Invalid, ledger.Offer(slot));
        Assert.Equal(new Slot(0, 6), Assert.Single(ledger.Missing));
    }

    [Fact]
    public void An_ancestor_replaces_what_it_covers_and_later_descendants_are_duplicates()
    {
        var ledger = new Ledger(new bool[4]);
        Assert.Equal(SlotVerdict.Accepted, ledger.Offer(new Slot(0, 1)));
        Assert.Equal(SlotVerdict.Accepted, ledger.Offer(new Slot(0, 2)));
        Assert.Equal(1, ledger.Freed);
        Assert.Equal(SlotVerdict.Duplicate, ledger.Offer(new Slot(1, 2)));
        Assert.Equal(SlotVerdict.Duplicate, ledger.Offer(new Slot(0, 2)));
        Assert.Equal(new Slot(2, 4), Assert.Single(ledger.Missing));
        Assert.Null(ledger.RootBits);
    }

    [Fact]
    public void A_new_step_starts_empty()
    {
        var ledger = new Ledger(new bool[2]);
        ledger.Offer(new Slot(0, 2));
        Assert.NotNull(ledger.RootBits);
        ledger.Begin([false, true]);
        Assert.Null(ledger.RootBits);
        Assert.Equal(SlotVerdict.Accepted, ledger.Offer(new Slot(0, 1)));
        Assert.NotNull(ledger.RootBits);
    }

    private static int? Expected(bool[] empty)
    {
        var naive = new LevelTree(empty.Length);
        return naive.Sum(naive.Root, shard => empty[shard] ? null : Telltale.Value(shard)) is { } sum ? BitConverter.SingleToInt32Bits(sum) : null;
    }

    private static IEnumerable<T> Shuffled<T>(IEnumerable<T> items, uint seed)
    {
        var shuffled = items.ToArray();
        new Random((int)seed).Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>A ledger of telltale floats that counts what becomes of each value.</summary>
    private sealed class Ledger
    {
        private readonly SlotLedger<float[]> _ledger;
        private readonly LevelTree _naive;
        private bool[] _empty = [];

        public Ledger(bool[] empty)
        {
            _ledger = new SlotLedger<float[]>(new ReductionTree(empty.Length));
            _naive = new LevelTree(empty.Length);
            Begin(empty);
        }

        public int Offered { get; private set; }

        public int Freed { get; private set; }

        public int Held => _ledger.Values.Count();

        public int? RootBits => _ledger.Root is { } root ? BitConverter.SingleToInt32Bits(root[0]) : null;

        public IReadOnlyList<Slot> Missing => _ledger.Missing();

        public void Begin(bool[] empty)
        {
            _empty = empty;
            _ledger.Begin(shard => _empty[shard]);
        }

        public SlotVerdict Offer(Slot slot)
        {
            Offered++;
            var sum = _naive.Slots.Contains(slot) ? _naive.Sum(slot, shard => _empty[shard] ? null : Telltale.Value(shard)) : null;
            var verdict = _ledger.Offer(slot, [sum ?? float.NaN], Add, _ => Freed++);
            if (verdict != SlotVerdict.Accepted)
                Freed++;
            return verdict;
        }

        private void Add(float[] left, float[] right)
        {
            left[0] += right[0];
            Freed++;
        }
    }
}
