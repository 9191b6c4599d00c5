namespace DistributedTrainer.Data;

/// <summary>
/// A random change of training images that leaves their class what it is. What is drawn is keyed by the seed, the change's place in its
/// list, the row's number in the data set and the epoch: the same on every node, whatever batch or shard the row is in.
/// </summary>
public abstract record Augmentation
{
    /// <summary>Why it does not fit images of this shape; null where it does.</summary>
    internal virtual string? Misfit(ImageShape shape) => null;

    /// <summary>Changes one image in place; its values are raw, not normalized yet.</summary>
    internal abstract void Apply(in ImageWork image);
}
