using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Cli;

/// <summary>Listens to this process's <see cref="TrainingMeter"/> and takes times into an array made beforehand.</summary>
internal sealed class StepRecorder : IDisposable
{
    private readonly StepWindow _window;
    private readonly TimeProvider _time;
    private readonly long[] _committed;

    // By step of the window: when it began, when its gradients were computed, when the version it makes stood in this node's ranges.
    private readonly long[] _started;
    private readonly long[] _computed;
    private readonly long[] _updated;
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource<StepMeasurement> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StepMeasurement? _begin;

    public StepRecorder(StepWindow window, TimeProvider time)
    {
        (_window, _time) = (window, time);
        _committed = new long[window.Steps + 1];
        (_started, _computed, _updated) = (new long[window.Steps + 1], new long[window.Steps + 1], new long[window.Steps + 1]);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Who computed which shards has tags, which are boxed: only experiments listen to it.
            if (instrument.Meter.Name == TrainingMeter.Name && instrument.Name != TrainingMeter.ShardsName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, version, _, _) =>
        {
            if (instrument == TrainingMeter.Committed)
                Take(_committed, version);
            else if (instrument == TrainingMeter.Computed)
                Take(_computed, version);
            else if (instrument == TrainingMeter.Updated)
                Take(_updated, version - 1);
            else if (instrument == TrainingMeter.Started)
                Started(version);
        });
        _listener.Start();
    }

    /// <summary>Completes once this node begins the step after the last one of the window.</summary>
    public Task<StepMeasurement> Completed => _completed.Task;

    public void Dispose() => _listener.Dispose();

    private void Take(long[] times, long version)
    {
        if ((ulong)(version - _window.First) < (ulong)times.Length)
            times[version - _window.First] = _time.GetTimestamp();
    }

    private void Started(long version)
    {
        Take(_started, version);
        if (version == _window.First)
            _begin = Counts();
        else if (version == _window.First + _window.Steps && _begin is { } begin)
            Complete(begin, Counts());
    }

    private static StepMeasurement Counts() => new(
        null, null, GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0), GC.CollectionCount(2), (int)JitInfo.GetCompiledMethodCount(), 0);

    private double Mean(ReadOnlySpan<long> before, ReadOnlySpan<long> after)
    {
        var sum = 0.0;
        for (var step = 0; step < _window.Steps; step++)
            sum += _time.GetElapsedTime(before[step], after[step]).TotalMilliseconds;
        return sum / _window.Steps;
    }

    private void Complete(StepMeasurement begin, StepMeasurement end)
    {
        using var process = Process.GetCurrentProcess();
        _completed.TrySetResult(new StepMeasurement(
            _committed[^1] == 0 ? null : StepTimes.Of([.. _committed.Skip(1).Zip(_committed, (after, before) => _time.GetElapsedTime(before, after).TotalMilliseconds)]),
            _updated[0] == 0 ? null : new StepPhases(Mean(_started, _computed), Mean(_computed, _updated), Mean(_updated, _started.AsSpan(1))),
            end.AllocatedBytes - begin.AllocatedBytes,
            end.Gen0Collections - begin.Gen0Collections,
            end.Gen2Collections - begin.Gen2Collections,
            end.MethodsCompiled - begin.MethodsCompiled,
            process.PeakWorkingSet64));
    }
}
