using System.Diagnostics;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>All that was seen of one run. Times are since the training began.</summary>
internal sealed class RunObservations
{
    private readonly List<Sighting> _sightings = [];
    private readonly List<HistoryRow> _history = [];
    private readonly List<(string Node, NodeObservations Portion)> _early = [];
    private long _begin;

    public JobStarted? Started { get; private set; }

    public CommitLog Commits { get; } = new();

    public Lanes Lanes { get; } = new(Lanes.VisibleGap);

    public IReadOnlyList<Sighting> Sightings => _sightings;

    /// <summary>Each epoch once.</summary>
    public IReadOnlyList<HistoryRow> History => _history;

    /// <summary>Now, since the training began; zero before.</summary>
    public TimeSpan Elapsed => Started is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_begin);

    public void Begin(JobStarted started)
    {
        if (Started is not null)
            return;
        (Started, _begin) = (started, Stopwatch.GetTimestamp());
        foreach (var (node, portion) in _early)
            Take(node, portion);
        _early.Clear();
    }

    public void Take(HistoryRow row)
    {
        if (row.Epoch > (_history.Count == 0 ? 0 : _history[^1].Epoch))
            _history.Add(row);
    }

    public void Take(string node, NodeObservations portion)
    {
        if (Started is null)
        {
            _early.Add((node, portion)); // the first steps may be told before the start is
            return;
        }

        for (var index = 0; index < portion.Versions.Count; index++)
            Commits.Add(portion.Versions[index], Since(portion.CommittedAt[index]));
        foreach (var version in portion.Assigned)
            Commits.Assign(version);
        foreach (var pass in portion.Passes)
            Lanes.Add(new LaneSegment(node, pass.First, pass.End, pass.FromStep, pass.ToStep, Since(pass.From), Since(pass.To), pass.Count));
    }

    public void Take(string node, string kind, TimeSpan at) => _sightings.Add(new Sighting(at, node, kind));

    /// <summary>A node's timestamp as a time of this run.</summary>
    public TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(_begin, timestamp);
}
