namespace DistributedTrainer.Data.Tests;

/// <summary>A set as a node without its files has it, whose every missed row arrives at once.</summary>
internal static class FetchedSet
{
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    /// <param name="limit">Bytes that the cache may take.</param>
    public static DataSet Of(DataSet source, DataSpec spec, ulong seed, long limit = 1 << 24)
    {
        var description = DataDescription.Read(source.Describe()!.ToBytes());
        var cache = new RowCache(description.RowCount, description.RowBytes, limit, Within);
        cache.Missed = rows => Bring(source, cache, rows);
        return DataSet.Fetch(description, spec, seed, cache);
    }

    public static void Bring(DataSet source, RowCache cache, params int[] rows)
    {
        var stored = new byte[rows.Length * cache.RowBytes];
        Assert.True(source.Stored!.TryCopy(rows, stored));
        cache.Put(rows, stored, step: -1);
    }
}
