using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>Akka's timers, on the story's clock.</summary>
public sealed class SimulatedScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private readonly Machine _machine = Machine.Of(config.GetConfig("akka.scheduler"));

    public override TimeSpan MonotonicClock => TimeSpan.FromTicks(_machine.GetTimestamp());

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + MonotonicClock;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Once(delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Once(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Once(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, action.Run, cancelable);

    private void Once(TimeSpan delay, Action action, ICancelable? cancelable) => Repeatedly(delay, TimeSpan.Zero, action, cancelable);

    private void Repeatedly(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        SimulatedTimer? timer = null;
        timer = (SimulatedTimer)_machine.CreateTimer(
            _ =>
            {
                if (cancelable is { IsCancellationRequested: true })
                    timer!.Dispose();
                else
                    action();
            },
            null, delay, interval);
    }
}
