namespace DistributedTrainer.Numerics;

/// <summary>
/// Stacks of tiles for the partial sums of a weight gradient: one for all tiles where each is finished at once, so that it
/// stays in L1, or one for each tile where tiles wait for further rows.
/// </summary>
internal unsafe struct TileStacks
{
    public float* First;

    public int TilesHigh;

    public int TilesWide;

    /// <summary>Floats of one stack.</summary>
    public long StackSize;

    /// <summary>Whether all tiles use the same stack.</summary>
    public bool Shared;

    /// <summary>Floats of all stacks.</summary>
    public readonly long Length => Shared ? StackSize : StackSize * TilesHigh * TilesWide;

    public readonly float* Of(int tileRow, int tileColumn)
        => Shared ? First : First + StackSize * ((long)tileRow * TilesWide + tileColumn);
}
