using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// What one process runs on: an actor system whose turns and timers are events of the story. A machine is used for one process in a story,
/// and by story after story.
/// </summary>
internal sealed class Machine : TimeProvider, IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<Machine> All = [];
    /// <summary>The machine's clock ticks no faster: most events would be timers that find nothing to do.</summary>
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(25);

    private readonly HashSet<IRunnable> _undone = [];
    private readonly List<IRunnable> _asked = [];
    private World? _world;
    private Action<TimeSpan, Action>? _post;
    private Func<double> _slowness = () => 1;
    private TimeSpan _compute;

    public Machine()
    {
        lock (Gate)
        {
            var index = All.Count;
            All.Add(this);
            Actors = ActorSystem.Create($"machine-{index}", ConfigurationFactory.ParseString(Hocon(index)));
        }

        // Akka makes actors at the top in a thread of its own: that is done before any story begins.
        using var hasStarted = new ManualResetEventSlim();
        Host = Actors.ActorOf(Props.Create(() => new JobHost(hasStarted)).WithDispatcher(JobActor.ComputeDispatcher));
        while (!hasStarted.Wait(TimeSpan.FromMilliseconds(1)))
            End();
    }

    public ActorSystem Actors { get; }

    /// <summary>The parent of all jobs' actors on it.</summary>
    public IActorRef Host { get; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private static string Hocon(int index) =>
        $$"""
        akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off, log-dead-letters-during-shutdown = off }
        akka.scheduler.implementation = "{{typeof(SimulatedScheduler).FullName}}, {{typeof(SimulatedScheduler).Assembly.GetName().Name}}"
        akka.scheduler.machine = {{index}}
        dtrain.compute-dispatcher {
          type = "{{typeof(SimulatedDispatcher).FullName}}, {{typeof(SimulatedDispatcher).Assembly.GetName().Name}}"
          throughput = 1
          machine = {{index}}
        }
        """;

    public static Machine Of(Config config)
    {
        lock (Gate)
            return All[config.GetInt("machine")];
    }

    /// <summary>From now on the machine runs a process of a story.</summary>
    /// <param name="world">The story's.</param>
    /// <param name="post">Has something happen in the process, later, if it runs then.</param>
    /// <param name="slowness">How many times as long everything takes there.</param>
    /// <param name="compute">What a worker's turn takes.</param>
    public void Begin(World world, Action<TimeSpan, Action> post, Func<double> slowness, TimeSpan compute) =>
        (_world, _post, _slowness, _compute) = (world, post, slowness, compute);

    /// <summary>An actor has something to do.</summary>
    public void Execute(IRunnable turn)
    {
        lock (_undone)
            _undone.Add(turn);
        if (_world is not { } world)
            return;
        _asked.Add(turn);
        if (_asked.Count == 1)
            world.AfterThis(GiveTurns);
    }

    /// <summary>The story is over: what actors still have to do is done in no time, and reaches nobody.</summary>
    public void End()
    {
        (_world, _post) = (null, null);
        _asked.Clear();
        while (Undone() is { } turn)
            Take(turn);
    }

    public override long GetTimestamp() => _world?.Now.Ticks ?? 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(() => callback(state), period <= TimeSpan.Zero || period > ShortestPeriod ? period : ShortestPeriod);
        if (_post is { } post)
            timer.Start(post, dueTime);
        return timer;
    }

    public void Dispose()
    {
        // The host's last turn is the machine's to take, too.
        for (var terminated = Actors.Terminate(); !terminated.Wait(TimeSpan.FromMilliseconds(1));)
            End();
    }

    /// <summary>
    /// When the turns that one event asked for are taken. Akka stops an actor's children in the order of their names' hash codes, which every
    /// process makes anew: so chance goes by their names.
    /// </summary>
    private void GiveTurns()
    {
        if (_world is { } world)
        {
            foreach (var (turn, name) in _asked.Select(turn => (turn, Name(turn))).OrderBy(asked => asked.Item2, StringComparer.Ordinal).ToList())
                _post!((IsWorkers(name) ? _compute * (0.5 + world.Chance.NextDouble()) : world.Between(0.01, 0.2)) * _slowness(), () => Take(turn));
        }

        _asked.Clear();
    }

    private static bool IsWorkers(string name) => name.StartsWith("worker-", StringComparison.Ordinal);

    /// <summary>Empty where Akka has numbered it: such numbers go on from story to story.</summary>
    private static string Name(IRunnable turn) => turn is Mailbox mailbox && ActorOf(mailbox)?.Self.Path.Name is { } name && !name.StartsWith('$') ? name : "";

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Actor")]
    private static extern ActorCell? ActorOf(Mailbox mailbox);

    private void Take(IRunnable turn)
    {
        lock (_undone)
            _undone.Remove(turn);
        turn.Run();
    }

    private IRunnable? Undone()
    {
        lock (_undone)
            return _undone.FirstOrDefault();
    }
}
