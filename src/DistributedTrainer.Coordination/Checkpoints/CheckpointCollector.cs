namespace DistributedTrainer.Coordination;

/// <summary>
/// Follows the checkpoints under way: which ranges have reported, which version is whole and waits for its manifest, which are given up.
/// Forgotten when the coordinator moves: nodes repeat their newest parts, and a version that is missed is followed by another.
/// </summary>
/// <param name="ranges">Server ranges of the job.</param>
/// <param name="start">The version that the run began from.</param>
internal sealed class CheckpointCollector(int ranges, long start)
{
    /// <summary>From the first part of a version to its last.</summary>
    public static readonly TimeSpan PartBound = TimeSpan.FromSeconds(60);

    /// <summary>A trouble that lasts is told again this often.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(60);

    private readonly SortedDictionary<long, Gathering> _gathering = [];
    private long _failed = -1;
    private string _told = "";
    private TimeSpan _toldAt;

    /// <summary>The newest version whose manifest is written.</summary>
    public long Completed { get; private set; } = start;

    /// <summary>The newest version of which all parts are written and the manifest is not; null where none is.</summary>
    public (long Version, IReadOnlyList<RangePart> Parts)? Whole =>
        _gathering.Reverse().Where(pair => pair.Value.IsWhole).Select(pair => ((long, IReadOnlyList<RangePart>)?)(pair.Key, pair.Value.InOrder)).FirstOrDefault();

    /// <summary>Nothing more is to be expected of this version or an older one.</summary>
    public bool IsSettled(long version) => Completed >= version || _failed >= version;

    /// <summary>Takes what a node's report says; repeating it changes nothing.</summary>
    /// <returns>What to tell of it; null for nothing new.</returns>
    public string? Take(string node, PartReport report, TimeSpan now)
    {
        if (IsSettled(report.Version) || (uint)report.Range >= ranges)
            return null;
        if (report.Part is not { } part)
            return Fail(report.Version, $"node {node}: {report.Error}", now);
        if (!_gathering.TryGetValue(report.Version, out var gathering))
            _gathering[report.Version] = gathering = new Gathering(new RangePart?[ranges], new string?[ranges], now);
        if (gathering.Parts[report.Range] is { } known && known.Sha256 != part.Sha256)
        {
            throw new BrokenInvariantException(
                $"nodes {gathering.Writers[report.Range]} and {node} have written other bytes for range {report.Range} of version {report.Version}");
        }

        gathering.Parts[report.Range] ??= part;
        gathering.Writers[report.Range] ??= node;
        return null;
    }

    /// <summary>A manifest was written. Older versions that still lack parts are not worth waiting for.</summary>
    public void Complete(long version)
    {
        Completed = Math.Max(Completed, version);
        DropUpTo(version);
        _told = "";
    }

    /// <returns>What to tell; null where the same was told a moment ago.</returns>
    public string? Fail(long version, string reason, TimeSpan now)
    {
        _failed = Math.Max(_failed, version);
        _gathering.Remove(version);
        if (reason == _told && now - _toldAt < TellAgain)
            return null;
        (_told, _toldAt) = (reason, now);
        return reason;
    }

    /// <returns>What to tell of a version whose parts do not come; null where none waits too long.</returns>
    public string? GiveUp(IReadOnlyList<string> primaries, TimeSpan now)
    {
        foreach (var (version, gathering) in _gathering)
        {
            if (gathering.IsWhole || now - gathering.Since < PartBound)
                continue;
            var missing = gathering.Missing.Select(range => $"range {range} on {primaries[range]}");
            return Fail(version, $"waited {PartBound.TotalSeconds:0} s for {string.Join(", ", missing)} to write its part", now);
        }

        return null;
    }

    private void DropUpTo(long version)
    {
        foreach (var old in _gathering.Keys.Where(key => key <= version).ToList())
            _gathering.Remove(old);
    }

    private sealed record Gathering(RangePart?[] Parts, string?[] Writers, TimeSpan Since)
    {
        public bool IsWhole => Array.TrueForAll(Parts, part => part is not null);

        public IReadOnlyList<RangePart> InOrder => [.. Parts.Select(part => part!)];

        public IEnumerable<int> Missing => Enumerable.Range(0, Parts.Length).Where(range => Parts[range] is null);
    }
}
