namespace DistributedTrainer.Data;

/// <summary>Rows of floats by index, as stored: not yet normalized. Safe to read from several threads.</summary>
internal abstract unsafe class RowSource
{
    public abstract int Count { get; }

    /// <summary>Floats in a row.</summary>
    public abstract int Length { get; }

    /// <summary>Writes row <paramref name="row"/>, 0 ≤ row &lt; Count (not checked), to <paramref name="values"/> (Length).</summary>
    public abstract void Read(int row, float* values);

    /// <summary>Hints that a row will be read soon: rows of a shuffled batch lie far apart, and each would wait for memory.</summary>
    public virtual void Prefetch(int row)
    {
    }
}
