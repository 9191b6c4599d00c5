namespace DistributedTrainer.Simulation.Tests;

/// <summary>A clock whose timers never fire. For a planted defect.</summary>
internal sealed class WithoutTimers(TimeProvider clock) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SimulatedTimer(() => { }, TimeSpan.Zero);
}
