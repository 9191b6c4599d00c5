namespace DistributedTrainer.Coordination;

/// <summary>What became of an offered slot.</summary>
public enum SlotVerdict
{
    /// <summary>Taken: the caller's value is now the ledger's.</summary>
    Accepted,

    /// <summary>The slot, or an ancestor of it, is filled already: the value must be dropped.</summary>
    Duplicate,

    /// <summary>The slot is not one of the tree, or all its slices are empty.</summary>
    Invalid,
}

/// <summary>
/// The sums of one step on their way up the reduction tree. Values are taken in any order of arrival; additions happen only between
/// siblings, left + right, so the root's bits do not depend on that order. Each slot is counted exactly once.
/// </summary>
/// <typeparam name="T">A partial sum.</typeparam>
public sealed class SlotLedger<T>(ReductionTree tree)
    where T : class
{
    private readonly Dictionary<Slot, T> _filled = [];
    private Func<int, bool> _isEmpty = _ => false;
    private int _counted;

    /// <summary>The root's sum once every non-empty slice is in it; null before.</summary>
    public T? Root { get; private set; }

    /// <summary>Forgets the last step. All values must have been taken out or dropped by the caller.</summary>
    /// <param name="isEmptySlice">Which shards have no rows in the coming step.</param>
    public void Begin(Func<int, bool> isEmptySlice)
    {
        _filled.Clear();
        _isEmpty = isEmptySlice;
        Root = null;
        _counted = 0;
    }

    /// <summary>Offers a partial sum.</summary>
    /// <param name="slot">Where it belongs.</param>
    /// <param name="value">The sum; owned by the ledger when accepted.</param>
    /// <param name="add">left += right; afterwards right is the caller's to free.</param>
    /// <param name="drop">Frees a value that a wider one makes superfluous.</param>
    public SlotVerdict Offer(Slot slot, T value, Action<T, T> add, Action<T> drop)
    {
        if (!tree.Contains(slot) || IsEmpty(slot))
            return SlotVerdict.Invalid;
        if (Root is not null)
            return SlotVerdict.Duplicate;
        foreach (var held in _filled.Keys)
        {
            if (held.Covers(slot))
                return SlotVerdict.Duplicate;
        }

        DropDescendants(slot, drop);
        _counted += Slices(slot);
        Climb(slot, value, add);
        // Each slice once: what this class is for.
        if (Root is not null && _counted != Slices(tree.Root))
            throw new BrokenInvariantException($"a sum of {Slices(tree.Root)} slices was made of {_counted}");
        return SlotVerdict.Accepted;
    }

    /// <summary>The widest slots that are still missing, for messages and for asking for help.</summary>
    public IReadOnlyList<Slot> Missing()
    {
        var missing = new List<Slot>();
        if (Root is null)
            Collect(tree.Root, missing);
        return missing;
    }

    /// <summary>Values held so far, for a caller that abandons the step.</summary>
    public IEnumerable<T> Values => Root is null ? _filled.Values : [Root];

    private bool Collect(Slot slot, List<Slot> missing)
    {
        if (_filled.ContainsKey(slot) || IsEmpty(slot))
            return false;
        if (slot.IsLeaf)
        {
            missing.Add(slot);
            return true;
        }

        var (left, right) = ReductionTree.Children(slot);
        var before = missing.Count;
        var wholeLeft = Collect(left, missing);
        var wholeRight = Collect(right, missing);
        if (!wholeLeft || !wholeRight)
            return false;
        missing.RemoveRange(before, missing.Count - before);
        missing.Add(slot);
        return true;
    }

    private void Climb(Slot slot, T value, Action<T, T> add)
    {
        while (tree.Above(slot) is var (parent, sibling))
        {
            if (_filled.Remove(sibling, out var other))
            {
                var (left, right) = sibling.First < slot.First ? (other, value) : (value, other);
                add(left, right);
                value = left;
            }
            else if (!IsEmpty(sibling))
            {
                _filled.Add(slot, value);
                return;
            }

            slot = parent;
        }

        Root = value;
    }

    private void DropDescendants(Slot slot, Action<T> drop)
    {
        foreach (var held in _filled.Keys)
        {
            if (slot.Covers(held) && _filled.Remove(held, out var value))
            {
                _counted -= Slices(held);
                drop(value);
            }
        }
    }

    private bool IsEmpty(Slot slot) => Slices(slot) == 0;

    /// <summary>Its slices that have rows.</summary>
    private int Slices(Slot slot)
    {
        var slices = 0;
        for (var shard = slot.First; shard < slot.End; shard++)
            slices += _isEmpty(shard) ? 0 : 1;
        return slices;
    }
}
