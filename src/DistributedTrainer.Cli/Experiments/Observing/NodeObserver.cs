using System.Diagnostics;
using System.Diagnostics.Metrics;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Cli;

/// <summary>
/// Listens to this process's <see cref="TrainingMeter"/> in an experiment, keeps times in memory and tells them in portions: commits every few
/// milliseconds, because they time the next event; passes less often.
/// </summary>
internal sealed class NodeObserver : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private const int IntervalsPerPasses = 20;

    private readonly Lock _gate = new();
    private readonly Action<NodeObservations> _report;
    private readonly MeterListener _listener = new();
    private readonly Thread _teller;
    private List<long> _versions = [];
    private List<long> _committedAt = [];
    private List<long> _assigned = [];
    private Dictionary<(int First, int End), PassPortion> _passes = [];
    private volatile bool _isDisposed;

    /// <param name="report">Called with each portion, on a thread of its own.</param>
    public NodeObserver(Action<NodeObservations> report)
    {
        _report = report;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // By name: an instrument is published before it stands in its property.
            if (instrument.Meter.Name == TrainingMeter.Name && instrument.Name is TrainingMeter.CommittedName or TrainingMeter.AssignedName or TrainingMeter.ShardsName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, version, tags, _) =>
        {
            if (instrument.Name == TrainingMeter.CommittedName)
                Committed(version);
            else if (instrument.Name == TrainingMeter.AssignedName)
                Assigned(version);
            else
                Computed(version, (int)tags[0].Value!, (int)tags[1].Value!, (long)tags[2].Value!);
        });
        _listener.Start();
        _teller = new Thread(Tell) { IsBackground = true, Name = "observations" };
        _teller.Start();
    }

    public void Dispose()
    {
        _isDisposed = true;
        _listener.Dispose();
        _teller.Join();
    }

    private void Committed(long version)
    {
        lock (_gate)
        {
            _versions.Add(version);
            _committedAt.Add(Stopwatch.GetTimestamp());
        }
    }

    private void Assigned(long version)
    {
        lock (_gate)
            _assigned.Add(version);
    }

    private void Computed(long version, int first, int end, long began)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            _passes[(first, end)] = _passes.TryGetValue((first, end), out var portion)
                ? portion with { ToStep = version, To = now, Count = portion.Count + 1 }
                : new PassPortion(first, end, version, version, began, now, 1);
        }
    }

    private void Tell()
    {
        for (var interval = 1; !_isDisposed; interval++)
        {
            Thread.Sleep(Interval);
            if (Take(withPasses: interval % IntervalsPerPasses == 0) is { } portion)
                _report(portion);
        }
    }

    private NodeObservations? Take(bool withPasses)
    {
        lock (_gate)
        {
            if (_versions.Count == 0 && _assigned.Count == 0 && (!withPasses || _passes.Count == 0))
                return null;
            var portion = new NodeObservations(_versions, _committedAt, _assigned, withPasses ? [.. _passes.Values] : []);
            (_versions, _committedAt, _assigned) = ([], [], []);
            if (withPasses)
                _passes = [];
            return portion;
        }
    }
}
