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

    /// <summary>Whether every value is a whole number from 0 to 255: a stored row then is a byte a value, else a float32.</summary>
    public virtual bool IsBytes => false;

    /// <summary>Writes a row as nodes without the files keep it.</summary>
    public virtual void Store(int row, byte* stored) => Read(row, (float*)stored);

    /// <summary>Where the rows come from on a node without the files; null on one that has them.</summary>
    public virtual RowCache? Cache => null;

    /// <summary>The row's number in <see cref="Cache"/>.</summary>
    public virtual int Fetched(int row) => row;
}
