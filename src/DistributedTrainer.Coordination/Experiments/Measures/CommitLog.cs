namespace DistributedTrainer.Coordination;

/// <summary>
/// When each version was committed, as the leading servers saw it: it may come from several nodes and late, and a version may stand in it
/// more than once, where work was repeated.
/// </summary>
public sealed class CommitLog
{
    private readonly List<Commit> _commits = [];
    private readonly HashSet<long> _assigned = [];
    private List<Commit>? _sorted;
    private List<Commit>? _first;

    /// <summary>The highest version so far, 0 without one.</summary>
    public long Step { get; private set; }

    /// <summary>All commits in order of time.</summary>
    public IReadOnlyList<Commit> All => _sorted ??= [.. _commits.OrderBy(commit => commit.At)];

    /// <summary>In order of time, only those that brought a version higher than all before: progress.</summary>
    public IReadOnlyList<Commit> Progress => _first ??= FirstOnes();

    /// <param name="at">Since the training began.</param>
    public void Add(long version, TimeSpan at)
    {
        _commits.Add(new Commit(version, at));
        (_sorted, _first) = (null, null);
        Step = Math.Max(Step, version);
    }

    /// <summary>A new assignment is in force from a version on.</summary>
    public void Assign(long version) => _assigned.Add(version);

    public bool IsAssigned(long version) => _assigned.Contains(version);

    /// <summary>Commits of versions that were there before, later than <paramref name="from"/> and not later than <paramref name="to"/>.</summary>
    public long Repeated(TimeSpan from, TimeSpan to)
    {
        var repeated = 0L;
        var highest = 0L;
        foreach (var (version, at) in All)
        {
            if (version <= highest && at > from && at <= to)
                repeated++;
            highest = Math.Max(highest, version);
        }

        return repeated;
    }

    /// <summary>New steps from a moment to another.</summary>
    public int Count(TimeSpan from, TimeSpan to) => FirstAfter(to) - FirstAfter(from);

    /// <summary>The index in <see cref="Progress"/> of the first commit later than this.</summary>
    public int FirstAfter(TimeSpan time)
    {
        var (low, high) = (0, Progress.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Progress[middle].At > time ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private List<Commit> FirstOnes()
    {
        var first = new List<Commit>();
        foreach (var commit in All)
        {
            if (commit.Version > (first.Count == 0 ? 0 : first[^1].Version))
                first.Add(commit);
        }

        return first;
    }
}

/// <param name="At">Since the training began.</param>
public readonly record struct Commit(long Version, TimeSpan At);
