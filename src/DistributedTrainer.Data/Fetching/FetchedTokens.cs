namespace DistributedTrainer.Data;

/// <summary>Tokens of a text that lie in a <see cref="RowCache"/>: a row of it is a chunk of tokens that stand one behind the other.</summary>
/// <param name="first">The cache's number of the first chunk.</param>
/// <param name="count">Tokens.</param>
/// <param name="chunk">Tokens of a chunk.</param>
/// <param name="isWide">Two bytes a token; else one.</param>
internal sealed unsafe class FetchedTokens(RowCache cache, int first, long count, int chunk, bool isWide) : TokenFile
{
    public override long Count => count;

    public override RowCache? Cache => cache;

    public override void AddFetched(long begin, int length, ICollection<int> rows)
    {
        for (var row = begin / chunk; row <= (begin + length - 1) / chunk; row++)
            rows.Add(first + (int)row);
    }

    public override void Read(long begin, int length, float* indexes)
    {
        while (length > 0)
        {
            var row = first + (int)(begin / chunk);
            var at = (int)(begin % chunk);
            var now = Math.Min(length, chunk - at);
            var stored = cache.Hold(row);
            if (isWide)
                Widen(new ReadOnlySpan<ushort>(stored, chunk).Slice(at, now), indexes);
            else
                ByteRows.Widen(stored + at, now, indexes);
            cache.Release(row);
            begin += now;
            length -= now;
            indexes += now;
        }
    }

    public override void Dispose()
    {
    }

    private static void Widen(ReadOnlySpan<ushort> tokens, float* indexes)
    {
        foreach (var token in tokens)
            *indexes++ = token;
    }
}
