namespace DistributedTrainer.Numerics;

/// <summary>
/// Sizes of the blocks that products work on. They follow from cache sizes only and are free as far as bits go, since every
/// chain is carried across blocks. A panel of B with a panel of A stays in L1, a block of A in L2, a block of B in L3.
/// </summary>
internal static class Blocking
{
    /// <summary>Rows of A packed at a time.</summary>
    public const int Rows = 144;

    /// <summary>Columns of B packed at a time.</summary>
    public const int Columns = 2048;

    private const int Depth = 384;

    /// <summary>Steps of k in a block.</summary>
    public static int DepthFor(int k) => EvenShare(k, Depth, 8);

    /// <summary>Rows of A in a block: whole panels, but for the last.</summary>
    public static int RowsFor(int m) => EvenShare(m, Rows, LeftPacking.PanelRows);

    /// <summary>
    /// The largest even share of <paramref name="length"/> that is at most <paramref name="limit"/>, in whole groups: a short
    /// block at the end would load what it needs into the caches and hardly use it.
    /// </summary>
    /// <param name="limit">A multiple of <paramref name="group"/>.</param>
    public static int EvenShare(int length, int limit, int group)
    {
        if (length <= limit)
            return length;
        var blocks = (length + limit - 1) / limit;
        var share = (length + blocks - 1) / blocks;
        return (share + group - 1) / group * group;
    }
}
