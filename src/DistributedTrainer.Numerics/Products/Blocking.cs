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

    private const int Depth = 320;

    /// <summary>Steps of k in a block: an even share, in whole groups of 8, so that no short block is left for the end.</summary>
    public static int DepthFor(int k) => EvenShare(k, Depth);

    /// <summary>The largest even share of <paramref name="length"/> that is at most <paramref name="limit"/>, in groups of 8.</summary>
    public static int EvenShare(int length, int limit)
    {
        var blocks = (length + limit - 1) / limit;
        return blocks <= 1 ? length : Math.Min(limit, ((length + blocks - 1) / blocks + 7) & ~7);
    }
}
