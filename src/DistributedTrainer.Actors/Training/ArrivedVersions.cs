namespace DistributedTrainer.Actors;

/// <summary>Which versions of which pieces have arrived on a node.</summary>
internal sealed class ArrivedVersions
{
    /// <summary>As many as any store keeps.</summary>
    private const int Kept = 3;

    private readonly long[] _newest;
    private readonly long[][] _versions;

    public ArrivedVersions(int pieces)
    {
        _newest = new long[pieces];
        Array.Fill(_newest, -1);
        _versions = [.. Enumerable.Range(0, Kept).Select(_ => _newest.ToArray())];
    }

    /// <summary>The newest version of a piece; −1 before the first.</summary>
    public long Newest(int piece) => _newest[piece];

    public void Add(int piece, long version)
    {
        ref var kept = ref _versions[version % Kept][piece];
        kept = Math.Max(kept, version);
        _newest[piece] = Math.Max(_newest[piece], version);
    }

    /// <summary>
    /// Whether all pieces of this version have arrived. Some may have gone on since: the server of another, which has just taken its range
    /// over, needs the gradients of this one still.
    /// </summary>
    public bool HaveAll(long version) => version >= 0 && !_versions[version % Kept].AsSpan().ContainsAnyExcept(version);
}
