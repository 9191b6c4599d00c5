namespace DistributedTrainer.Actors;

/// <summary>Memory of another process, which lends parts of it.</summary>
internal interface ISharedMemory
{
    /// <returns>False where there are no such bytes.</returns>
    bool TryRead(in SharedPlace place, int bytes, out ReadOnlySpan<byte> span);

    /// <summary>Whether all that was copied from there before this call is what was lent.</summary>
    bool IsStillLent(in SharedPlace place);
}
