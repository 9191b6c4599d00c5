namespace DistributedTrainer.Actors;

/// <summary>
/// A part of a <see cref="SharedArena"/>, free again once nobody refers to it. All zeros at first. Beside it, in the arena, stands how
/// often it has been taken into use: whoever copies from it looks before it believes the copy.
/// </summary>
internal sealed unsafe class SharedBlock
{
    private readonly SharedArena _arena;
    private readonly uint* _uses;

    /// <param name="offset">Where others find it in the arena, in bytes.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="number">Place of its count of uses.</param>
    public SharedBlock(SharedArena arena, long offset, long length, int number)
    {
        (_arena, Offset, Length, Number) = (arena, offset, length, number);
        Start = arena.Start + offset;
        _uses = arena.UsesOf(number);
        GC.AddMemoryPressure(length);
    }

    ~SharedBlock()
    {
        BeginUse(); // a copy of what was here is not to be believed
        _arena.Free(this);
        GC.RemoveMemoryPressure(Length);
    }

    public byte* Start { get; }

    public long Offset { get; }

    public long Length { get; }

    public int Number { get; }

    /// <summary>From now on its contents change: what has been lent before is no longer there.</summary>
    public void BeginUse() => Interlocked.Increment(ref *_uses);

    /// <summary>How others find a part of it as it is in this use.</summary>
    /// <param name="offset">From the block's begin, in bytes.</param>
    public SharedPlace Place(long offset) => new(Offset + offset, Number, *_uses);
}
