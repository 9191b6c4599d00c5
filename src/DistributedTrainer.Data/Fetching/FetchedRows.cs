namespace DistributedTrainer.Data;

/// <summary>Rows that lie in a <see cref="RowCache"/>.</summary>
/// <param name="cache">Of the whole data set.</param>
/// <param name="first">The cache's number of row 0.</param>
/// <param name="count">Rows.</param>
/// <param name="layout">Where in a stored row the values stand.</param>
internal sealed unsafe class FetchedRows(RowCache cache, int first, int count, StoredValues layout) : RowSource
{
    public override int Count => count;

    public override int Length => layout.Length;

    public override bool IsBytes => layout.AreBytes;

    public override RowCache? Cache => cache;

    public override int Fetched(int row) => first + row;

    public override void Read(int row, float* values)
    {
        var stored = cache.Hold(first + row) + layout.Offset;
        if (layout.AreBytes)
            ByteRows.Widen(stored, layout.Length, values);
        else
            new ReadOnlySpan<float>(stored, layout.Length).CopyTo(new Span<float>(values, layout.Length));
        cache.Release(first + row);
    }
}

/// <summary>A run of values in a stored row.</summary>
/// <param name="Offset">Bytes from the row's begin; a multiple of four.</param>
/// <param name="Length">Values.</param>
/// <param name="AreBytes">A byte a value; else a float32.</param>
internal readonly record struct StoredValues(int Offset, int Length, bool AreBytes)
{
    /// <summary>Where the next ones begin.</summary>
    public int End => checked(Offset + (Length * (AreBytes ? 1 : sizeof(float)) + 3 & ~3));
}
