namespace DistributedTrainer.Learning;

/// <summary>Sizes of multi-head attention over rows of positions.</summary>
/// <param name="Time">Positions in a row, T.</param>
/// <param name="Width">Floats at a position, d.</param>
/// <param name="Heads">Heads, h, a divisor of d.</param>
/// <param name="Causal">Whether a position sees itself and the positions before it only.</param>
internal readonly record struct AttentionShape(int Time, int Width, int Heads, bool Causal)
{
    /// <summary>Keys that share one maximum and one rescale: fixed, since it decides bits.</summary>
    public const int KeyBlock = 64;

    /// <summary>Floats of a head at a position.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>A head's floats in whole tiles of every vector width.</summary>
    public int PaddedHeadWidth => (HeadWidth + 31) / 32 * 32;

    /// <summary>Positions in whole key blocks.</summary>
    public int PaddedTime => (Time + KeyBlock - 1) / KeyBlock * KeyBlock;

    /// <summary>How many keys of the block that begins at <paramref name="firstKey"/> a query sees.</summary>
    public int VisibleKeys(int query, int firstKey)
    {
        var keys = Math.Min(KeyBlock, Time - firstKey);
        return Causal ? Math.Clamp(query + 1 - firstKey, 0, keys) : keys;
    }
}
