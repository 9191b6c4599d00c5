namespace DistributedTrainer.Coordination;

/// <summary>What an event did to a run.</summary>
/// <param name="Event">What was done.</param>
/// <param name="NoticedMs">Until the cluster first showed that it knew; null where it never did.</param>
/// <param name="PauseMs">The longest time without a new step that belongs to the event; null where no step followed any more.</param>
/// <param name="HandoverMs">
/// From the version from which on an assignment is in force that came of the event to the first version made under it: the longest where
/// several came, null where none did.
/// </param>
/// <param name="StepsRepeated">Versions that were made a second time.</param>
/// <param name="Before">New steps a second in the two seconds before.</param>
/// <param name="During">From the event until its cause and its pause are over.</param>
/// <param name="After">In the two seconds from then on.</param>
public sealed record EventMeasure(
    InjectedEvent Event, double? NoticedMs, double? PauseMs, double? HandoverMs, long StepsRepeated, double? Before, double? During, double? After);

/// <summary>Takes an event's measures from what was observed of the run.</summary>
public static class EventMeasures
{
    /// <summary>An event's consequences count for so long after its cause is over, or after it was noticed.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <param name="events">Those that happened, in order of time.</param>
    /// <param name="sightings">In any order.</param>
    /// <param name="isBoundary">Whether an epoch ends with a version: the evaluation after it is no pause.</param>
    /// <param name="end">When the run was over.</param>
    /// <param name="isComplete">Whether the run went to its end, so that a last event with no step after it is none's fault.</param>
    public static IReadOnlyList<EventMeasure> Of(
        IReadOnlyList<InjectedEvent> events, CommitLog commits, IReadOnlyList<Sighting> sightings, Func<long, bool> isBoundary, TimeSpan end, bool isComplete)
    {
        var measures = new List<EventMeasure>();
        for (var index = 0; index < events.Count; index++)
        {
            var e = events[index];
            var next = index + 1 < events.Count ? events[index + 1].At : TimeSpan.MaxValue;
            var nextToSame = events.Skip(index + 1).Where(other => other.Nodes.Intersect(e.Nodes).Any()).Select(other => other.At).DefaultIfEmpty(TimeSpan.MaxValue).First();
            measures.Add(Of(e, Apart(e, next), Noticed(e, Apart(e, next), nextToSame, sightings), commits, isBoundary, end, isComplete));
        }

        return measures;
    }

    /// <summary>Events at one moment, such as two kills, share what follows.</summary>
    private static TimeSpan Apart(InjectedEvent e, TimeSpan next) => next < e.At + TimeSpan.FromMilliseconds(1) ? TimeSpan.MaxValue : next;

    private static EventMeasure Of(
        InjectedEvent e, TimeSpan next, TimeSpan? noticed, CommitLog commits, Func<long, bool> isBoundary, TimeSpan end, bool isComplete)
    {
        var over = e.At + (e.Lasts ?? TimeSpan.Zero);
        var windowEnd = Earlier(Later(over, noticed ?? e.At) + Settling, next);
        var (pause, pauseEnd) = Pause(e.At, windowEnd, commits, isBoundary, isComplete);
        var settled = Earlier(Later(over, pauseEnd ?? e.At), end);
        return new EventMeasure(
            e,
            (noticed - e.At)?.TotalMilliseconds,
            pause?.TotalMilliseconds,
            Handover(e.At, next, commits, isBoundary)?.TotalMilliseconds,
            commits.Repeated(e.At, next),
            Rate(commits, Later(e.At - Window, TimeSpan.Zero), e.At),
            Rate(commits, e.At, settled),
            Rate(commits, settled, Earlier(settled + Window, end)));
    }

    /// <summary>
    /// The first sign of the kind that the event calls for: what is done to a node is one thing, that it comes back another. A sign that names
    /// the node counts until something else is done to that node, one that is about the cluster until something else is done at all.
    /// </summary>
    private static TimeSpan? Noticed(InjectedEvent e, TimeSpan next, TimeSpan nextToSame, IReadOnlyList<Sighting> sightings)
    {
        string[] kinds = e.Kind is "add" or "restart" or "resume"
            ? ["node-joined"]
            : ["link-failed", "node-lost", "node-left", "shards-moved", "server-failover", "coordinator-moved"];
        var seen = sightings
            .Where(s => s.At >= e.At && kinds.Contains(s.Kind) && (s.Node.Length == 0 ? s.At <= next : e.Nodes.Contains(s.Node) && s.At <= nextToSame))
            .Select(s => s.At).ToList();
        return seen.Count == 0 ? null : seen.Min();
    }

    /// <summary>
    /// The longest gap between two new steps that begins within the window, a gap that was open at the event counting from the event on.
    /// An epoch's evaluation is not counted as a pause, unless the event falls into it.
    /// </summary>
    private static (TimeSpan? Pause, TimeSpan? End) Pause(TimeSpan at, TimeSpan windowEnd, CommitLog commits, Func<long, bool> isBoundary, bool isComplete)
    {
        var progress = commits.Progress;
        var first = commits.FirstAfter(at);
        if (first == progress.Count)
            return isComplete ? (TimeSpan.Zero, at) : (null, null);
        var (longest, end) = (progress[first].At - at, progress[first].At);
        for (var index = first; progress[index].At < windowEnd; index++)
        {
            if (index + 1 == progress.Count)
                return isComplete ? (longest, end) : (null, null);
            var gap = progress[index + 1].At - progress[index].At;
            if (gap > longest && !isBoundary(progress[index].Version))
                (longest, end) = (gap, progress[index + 1].At);
        }

        return (longest, end);
    }

    private static TimeSpan? Handover(TimeSpan at, TimeSpan next, CommitLog commits, Func<long, bool> isBoundary)
    {
        TimeSpan? longest = null;
        var progress = commits.Progress;
        for (var index = commits.FirstAfter(at); index + 1 < progress.Count && progress[index].At < next; index++)
        {
            var gap = progress[index + 1].At - progress[index].At;
            if (commits.IsAssigned(progress[index].Version) && !isBoundary(progress[index].Version) && gap >= (longest ?? TimeSpan.Zero))
                longest = gap;
        }

        return longest;
    }

    private static double? Rate(CommitLog commits, TimeSpan from, TimeSpan to) =>
        to - from < TimeSpan.FromMilliseconds(1) ? null : commits.Count(from, to) / (to - from).TotalSeconds;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
