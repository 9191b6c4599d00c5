namespace DistributedTrainer.Coordination;

/// <summary>A stretch of a run in which a node computed the same shards, step after step.</summary>
/// <param name="Node">node-1, node-2…</param>
/// <param name="First">The first shard.</param>
/// <param name="End">The one after the last.</param>
/// <param name="FromStep">The first step.</param>
/// <param name="ToStep">The last step.</param>
/// <param name="From">When the first pass began, since the training began.</param>
/// <param name="To">When the last pass ended.</param>
/// <param name="Passes">Passes in it.</param>
public sealed record LaneSegment(string Node, int First, int End, long FromStep, long ToStep, TimeSpan From, TimeSpan To, long Passes);

/// <summary>Joins what nodes tell in small portions into stretches as long as possible.</summary>
/// <param name="longestGap">A longer silence between two passes parts two stretches.</param>
public sealed class Lanes(TimeSpan longestGap)
{
    /// <summary>A longer silence than this is one that a picture should show.</summary>
    public static readonly TimeSpan VisibleGap = TimeSpan.FromMilliseconds(60);

    private readonly Dictionary<(string Node, int First, int End), LaneSegment> _open = [];
    private readonly List<LaneSegment> _closed = [];

    /// <summary>Everything so far, by time.</summary>
    public IReadOnlyList<LaneSegment> Segments => [.. _closed.Concat(_open.Values).OrderBy(segment => segment.From).ThenBy(segment => segment.First)];

    /// <summary>The same with longer gaps closed, for a picture that has no room for them.</summary>
    public static IReadOnlyList<LaneSegment> Join(IReadOnlyList<LaneSegment> segments, TimeSpan longestGap)
    {
        var lanes = new Lanes(longestGap);
        foreach (var segment in segments)
            lanes.Add(segment);
        return lanes.Segments;
    }

    /// <summary>Takes a portion; those of one node and its shards come in order of time.</summary>
    public void Add(LaneSegment portion)
    {
        var key = (portion.Node, portion.First, portion.End);
        if (_open.TryGetValue(key, out var open) && portion.From - open.To <= longestGap && portion.FromStep >= open.ToStep)
        {
            _open[key] = open with { ToStep = portion.ToStep, To = portion.To, Passes = open.Passes + portion.Passes };
            return;
        }

        if (open is not null)
            _closed.Add(open);
        _open[key] = portion;
    }
}
