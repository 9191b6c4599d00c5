namespace DistributedTrainer.Simulation.Tests;

/// <summary>A timer of a process: it stands still while the process does.</summary>
internal sealed class SimulatedTimer(Action callback, TimeSpan period) : ITimer
{
    private bool _isStopped;

    public void Start(Action<TimeSpan, Action> post, TimeSpan due) => post(due, () =>
    {
        if (_isStopped)
            return;
        callback();
        if (period > TimeSpan.Zero)
            Start(post, period);
    });

    public bool Change(TimeSpan dueTime, TimeSpan newPeriod) => throw new NotSupportedException("Nothing changes its timers.");

    public void Dispose() => _isStopped = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
