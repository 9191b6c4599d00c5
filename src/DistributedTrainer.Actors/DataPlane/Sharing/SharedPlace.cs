namespace DistributedTrainer.Actors;

/// <summary>Where something lies in a <see cref="SharedArena"/>, and for how long.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Block">Number of the block that it is part of.</param>
/// <param name="Use">The block's use. Once the arena shows a later one, something else lies there, or is about to.</param>
internal readonly record struct SharedPlace(long Offset, int Block, uint Use);
