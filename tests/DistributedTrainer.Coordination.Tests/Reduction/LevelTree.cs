namespace DistributedTrainer.Coordination.Tests;

/// <summary>
/// The reduction tree as its definition reads: level by level, neighbours in pairs, an odd last entry moves up unchanged.
/// Slow and plain; what <see cref="ReductionTree"/> is compared with.
/// </summary>
internal sealed class LevelTree
{
    private readonly Dictionary<Slot, (Slot Left, Slot Right)> _children = [];

    public LevelTree(int shards)
    {
        var level = Enumerable.Range(0, shards).Select(shard => new Slot(shard, shard + 1)).ToList();
        Slots.AddRange(level);
        while (level.Count > 1)
        {
            var next = new List<Slot>();
            for (var index = 0; index < level.Count; index += 2)
            {
                if (index + 1 == level.Count)
                {
                    next.Add(level[index]);
                    continue;
                }

                var parent = new Slot(level[index].First, level[index + 1].End);
                _children[parent] = (level[index], level[index + 1]);
                Slots.Add(parent);
                next.Add(parent);
            }

            level = next;
        }

        Root = level[0];
    }

    public Slot Root { get; }

    /// <summary>Every slot, each once, leaves first.</summary>
    public List<Slot> Slots { get; } = [];

    public (Slot Left, Slot Right) Children(Slot slot) => _children[slot];

    public (Slot Parent, Slot Sibling)? Above(Slot slot)
    {
        foreach (var (parent, (left, right)) in _children)
        {
            if (left == slot || right == slot)
                return (parent, left == slot ? right : left);
        }

        return null;
    }

    /// <summary>A float sum along the tree, empty slices absent: null where all are.</summary>
    public float? Sum(Slot slot, Func<int, float?> leaf)
    {
        if (slot.IsLeaf)
            return leaf(slot.First);
        var (left, right) = Children(slot);
        return (Sum(left, leaf), Sum(right, leaf)) switch
        {
            ({ } first, { } second) => first + second,
            (null, { } second) => second,
            var (first, _) => first,
        };
    }
}
