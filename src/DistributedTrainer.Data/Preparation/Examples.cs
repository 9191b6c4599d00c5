namespace DistributedTrainer.Data;

/// <summary>
/// One part of a data set (training, validation or test): rows by index, prepared and normalized as the network takes them.
/// </summary>
public abstract unsafe class Examples
{
    public abstract int Count { get; }

    /// <summary>False only for rows to predict that came without their target.</summary>
    public virtual bool HasTargets => true;

    /// <summary>Row numbers of the whole data set by position in this part: the identity that keyed randomness uses.</summary>
    public abstract long RowId(int index);

    /// <summary>
    /// Writes the rows <paramref name="rows"/>, in that order: inputs (rows, InputLength), targets (rows, TargetLength).
    /// Safe to call from several threads; allocates nothing. Class targets are the index as a float. Null targets are not written.
    /// </summary>
    public abstract void Read(ReadOnlySpan<int> rows, float* inputs, float* targets);

    /// <summary>Adds the rows of the node's <see cref="RowCache"/> that reading an example takes; none where the node has the files.</summary>
    public virtual void AddFetched(int index, ICollection<int> rows)
    {
    }

    /// <summary>Of all rows that are about to be read, those that are not here are asked for together.</summary>
    private protected void Expect(RowCache? cache, ReadOnlySpan<int> indexes)
    {
        if (cache is null or { IsComplete: true })
            return;
        var rows = new List<int>();
        foreach (var index in indexes)
            AddFetched(index, rows);
        cache.Expect(rows);
    }
}
