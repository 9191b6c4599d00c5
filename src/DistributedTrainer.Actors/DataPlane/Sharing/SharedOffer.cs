namespace DistributedTrainer.Actors;

/// <summary>How another process opens a <see cref="SharedArena"/>.</summary>
/// <param name="Process">Its owner.</param>
/// <param name="File">Number of the file there.</param>
/// <param name="Nonce">Its first eight bytes: so a process of the same number in another container is told apart.</param>
internal readonly record struct SharedOffer(int Process, int File, ulong Nonce);
