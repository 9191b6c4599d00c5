namespace DistributedTrainer.Coordination;

/// <summary>
/// What one node knows of who serves each range: the primaries of the assignment in force, and the backups that have taken over since.
/// The higher authority is listened to.
/// </summary>
/// <param name="ranges">Number of ranges.</param>
public sealed class RangeServers(int ranges)
{
    private readonly string[] _owners = Enumerable.Repeat("", ranges).ToArray();
    private readonly long[] _authorities = new long[ranges];

    /// <summary>By range, while one that has taken it over is listened to: the version that it goes on from.</summary>
    private readonly long?[] _from = new long?[ranges];

    /// <summary>Node address by range; "" before the first assignment.</summary>
    public IReadOnlyList<string> Owners => _owners;

    public long AuthorityOver(int range) => _authorities[range];

    /// <summary>An assignment has come into force.</summary>
    public void Follow(Assignment assignment)
    {
        for (var range = 0; range < ranges; range++)
            Follow(range, assignment.Primaries[range], assignment.Authority);
    }

    /// <summary>A backup says that it has taken a range over.</summary>
    /// <param name="version">The version it goes on from.</param>
    /// <param name="newest">The newest version of the range that has arrived here.</param>
    /// <returns>
    /// Whether it is listened to. Not under a lower authority; nor one that goes on from a version whose gradients nobody can compute any
    /// more: it has slept while others went on.
    /// </returns>
    public bool TakeOver(int range, string node, long authority, long version, long newest)
    {
        if (version < newest - 1 || !Follow(range, node, authority))
            return false;
        _from[range] = version;
        return true;
    }

    /// <summary>
    /// Whether a version comes from a server that another has replaced, and is one that its successor may not be able to follow: two that have
    /// lost each other both go on, and nobody may go on with both.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="authority">Under which the version was published.</param>
    /// <param name="version">The version.</param>
    public bool IsReplaced(int range, long authority, long version) => _from[range] is { } from && authority < _authorities[range] && version > from + 1;

    /// <summary>
    /// A node that had taken ranges over, since it took their primaries for dead, is gone itself. Where a primary is there after all, it
    /// serves its range still; if it does not, nobody does.
    /// </summary>
    /// <param name="assignment">In force here.</param>
    /// <param name="gone">Nodes that cannot be reached.</param>
    /// <param name="givenUp">Ranges that this node itself, if it was their primary, serves no more.</param>
    /// <returns>
    /// Ranges whose primary is listened to again: it lacks what went to the other, from the version on that the other began from. It may have
    /// no newer one itself, whatever the other has published since.
    /// </returns>
    public IReadOnlyList<(int Range, long From)> FallBack(Assignment assignment, IReadOnlySet<string> gone, IReadOnlySet<int> givenUp)
    {
        var back = new List<(int, long)>();
        for (var range = 0; range < ranges; range++)
        {
            if (!gone.Contains(_owners[range]) || gone.Contains(assignment.Primaries[range]) || givenUp.Contains(range))
                continue;
            back.Add((range, _from[range] ?? 0));
            (_owners[range], _from[range]) = (assignment.Primaries[range], null);
        }

        return back;
    }

    private bool Follow(int range, string node, long authority)
    {
        if (authority <= _authorities[range])
            return false;
        (_owners[range], _authorities[range], _from[range]) = (node, authority, null);
        return true;
    }
}

/// <summary>Which ranges a node takes over.</summary>
public static class Takeover
{
    /// <summary>
    /// Those whose primary is gone and whose backup is here, if it has caught up, or which the node serves already; and those that the
    /// assignment gives to this node while the backup is still here and the one that was to send them is gone.
    /// </summary>
    /// <param name="assignment">In force here.</param>
    /// <param name="servers">Who serves what, as far as this node knows.</param>
    /// <param name="givers">Who is to send a range's state here, by range, where it has not come.</param>
    /// <param name="gone">Nodes that cannot be reached.</param>
    /// <param name="self">This node.</param>
    /// <param name="hasState">Whether the range's state is here.</param>
    public static IEnumerable<int> Ranges(
        Assignment assignment, RangeServers servers, IReadOnlyDictionary<int, string> givers, IReadOnlySet<string> gone, string self, Func<int, bool> hasState) =>
        assignment.BackupsOf(self).Where(range => gone.Contains(servers.Owners[range]))
            .Concat(assignment.RangesOf(self).Where(range => givers.TryGetValue(range, out var giver) && gone.Contains(giver)))
            .Where(hasState);
}

/// <summary>Which ranges a node waits for in vain.</summary>
public static class Handover
{
    /// <summary>
    /// Those that an assignment gives to a node, whose state is not there, and whose server is gone. The assignment may be in force already:
    /// a node that has lost the link over which its stamp was to come does not hear of that.
    /// </summary>
    /// <param name="coming">An assignment that the node is ready for and does not follow yet.</param>
    /// <param name="servers">Who serves what, as far as the node knows.</param>
    /// <param name="gone">Nodes that cannot be reached.</param>
    /// <param name="self">The node.</param>
    /// <param name="hasState">Whether the range's state is here, or a backup of it.</param>
    public static IEnumerable<int> InVain(
        Assignment coming, RangeServers servers, IReadOnlySet<string> gone, string self, Func<int, bool> hasState) =>
        coming.RangesOf(self).Where(range => gone.Contains(servers.Owners[range]) && !hasState(range));
}
