using System.Diagnostics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Makes a worker's passes take so many times as long, as a slower processor would: it waits before a pass, because a pass hands its sums on
/// while it runs. It waits without using the processor, which on one machine is also that of the other nodes.
/// </summary>
internal sealed class Slowness(FaultInjection faults)
{
    private TimeSpan _lastPass;
    private long _begun;

    /// <summary>A pass is about to begin. Blocks a compute thread, and no other, for the time that it would compute longer.</summary>
    public void Begin()
    {
        var extra = _lastPass * (faults.Slowdown - 1);
        if (extra > TimeSpan.Zero)
            Thread.Sleep(extra);
        _begun = Stopwatch.GetTimestamp();
    }

    public void End() => _lastPass = Stopwatch.GetElapsedTime(_begun);
}
