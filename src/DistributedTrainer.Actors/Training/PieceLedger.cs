using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>One piece of a server's range in the current step: the slots' sums on their way to the root.</summary>
internal sealed class PieceLedger
{
    private readonly SlotLedger<HeldPartial> _ledger;
    private readonly Stack<HeldPartial> _free;
    private readonly Action<HeldPartial, HeldPartial> _add;
    private readonly Action<HeldPartial> _drop;
    private readonly ParameterLayout _layout;

    /// <param name="piece">The piece.</param>
    /// <param name="layout">The whole vector's layout.</param>
    /// <param name="tree">The job's reduction tree.</param>
    /// <param name="free">Where holders that are done go, to be used again.</param>
    /// <param name="isHalf">Whether each sum is rounded to bfloat16.</param>
    public PieceLedger(RangePiece piece, ParameterLayout layout, ReductionTree tree, Stack<HeldPartial> free, bool isHalf = false)
    {
        (Piece, _free, _layout) = (piece, free, layout);
        _ledger = new SlotLedger<HeldPartial>(tree);
        _add = isHalf
            ? (left, right) => left.AddRounded(right, layout, piece.Begin, _free)
            : (left, right) => left.Add(right, layout, piece.Begin, _free);
        _drop = dropped => dropped.Release(_free);
    }

    public RangePiece Piece { get; }

    /// <summary>The piece stands at the next version already.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>The complete sum; null while slots are missing.</summary>
    public HeldPartial? Root => IsCommitted ? null : _ledger.Root;

    /// <summary>The complete sum, its last addition done.</summary>
    public HeldPartial SettleRoot()
    {
        _ledger.Root!.Settle(_layout, Piece.Begin, _free);
        return _ledger.Root;
    }

    public IReadOnlyList<Slot> Missing() => IsCommitted ? [] : _ledger.Missing();

    public void Begin(Func<int, bool> isEmptySlice)
    {
        _ledger.Begin(isEmptySlice);
        IsCommitted = false;
    }

    /// <summary>Takes a slot's sum, or releases it.</summary>
    /// <returns>False where it was there already, or belongs to no slot with rows.</returns>
    public bool Offer(in FrameHeader header, TensorSlice slice)
    {
        var held = _free.TryPop(out var used) ? used : new HeldPartial();
        held.Take(slice, header);
        if (_ledger.Offer(header.Slot, held, _add, _drop) == SlotVerdict.Accepted)
            return true;
        held.Release(_free);
        return false;
    }

    /// <summary>Gives back what the step has collected.</summary>
    public void Abandon()
    {
        if (IsCommitted)
            return;
        foreach (var held in _ledger.Values)
            held.Release(_free);
    }

    /// <summary>The root's sum has been used.</summary>
    public void Commit()
    {
        _ledger.Root!.Release(_free);
        IsCommitted = true;
    }
}
