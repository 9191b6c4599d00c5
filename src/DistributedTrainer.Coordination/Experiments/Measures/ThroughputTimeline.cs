namespace DistributedTrainer.Coordination;

/// <summary>New steps a second over a run, in equal portions of time.</summary>
public static class ThroughputTimeline
{
    /// <param name="portions">About so many.</param>
    /// <returns>The middle of each portion and the steps a second in it; portions without a step are there, with 0.</returns>
    public static IReadOnlyList<(TimeSpan At, double StepsPerSecond)> Of(CommitLog commits, int portions)
    {
        if (commits.Progress.Count < 2)
            return [];
        var end = commits.Progress[^1].At;
        // No finer than the eye and the clock of a busy machine: 50 ms.
        var width = TimeSpan.FromMilliseconds(Math.Max(50, Math.Ceiling(end.TotalMilliseconds / portions / 10) * 10));
        var timeline = new List<(TimeSpan, double)>();
        for (var from = TimeSpan.Zero; from + width <= end; from += width)
            timeline.Add((from + width / 2, commits.Count(from, from + width) / width.TotalSeconds));
        return timeline;
    }
}
