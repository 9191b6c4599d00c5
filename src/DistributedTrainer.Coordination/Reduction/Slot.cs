namespace DistributedTrainer.Coordination;

/// <summary>A node of the reduction tree over shards, named by the shards below it: First to End − 1.</summary>
public readonly record struct Slot(int First, int End)
{
    public int Shards => End - First;

    public bool IsLeaf => Shards == 1;

    public bool Covers(Slot other) => First <= other.First && other.End <= End;

    public override string ToString() => IsLeaf ? $"shard {First}" : $"shards {First}-{End - 1}";
}
