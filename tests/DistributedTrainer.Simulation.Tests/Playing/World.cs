using System.Runtime.CompilerServices;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// The clock of one story, its chance and its list of what happens next. Everything in a story happens in one thread, one event after the
/// other: so a seed says all that there is to say about it.
/// </summary>
internal sealed class World(int seed, bool keepsTrace)
{
    private const int LinesKept = 20_000;

    private readonly PriorityQueue<Action, (long At, long Number)> _events = new();
    private readonly Queue<Action> _afterThis = new();
    private readonly Queue<string> _trace = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _number;

    public Random Chance { get; } = new(seed);

    public bool KeepsTrace => keepsTrace;

    public TimeSpan Now { get; private set; }

    /// <summary>Events so far.</summary>
    public long Happened { get; private set; }

    /// <summary>Changes with everything that happens: two plays of a seed have the same.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public IEnumerable<string> Trace => _trace;

    /// <summary>What must hold and did not; null while all is well.</summary>
    public string? Violation { get; private set; }

    public bool IsOver { get; set; }

    public void After(TimeSpan delay, Action happens)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("Something ran outside of the simulation.");
        _events.Enqueue(happens, ((Now + delay).Ticks, _number++));
    }

    /// <summary>Once what happens now has happened.</summary>
    public void AfterThis(Action happens) => _afterThis.Enqueue(happens);

    /// <summary>Between the two, evenly.</summary>
    public TimeSpan Between(double fromMs, double toMs) => TimeSpan.FromTicks((long)((fromMs + ((toMs - fromMs) * Chance.NextDouble())) * TimeSpan.TicksPerMillisecond));

    public bool Happens(double probability) => Chance.NextDouble() < probability;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Chance.Next(choices.Count)];

    public void Violate(string what)
    {
        Note($"VIOLATION: {what}");
        Violation ??= $"after {Now.TotalSeconds:0.0000} s: {what}";
        IsOver = true;
    }

    /// <summary>A line of the trace; it costs nothing where nobody reads it.</summary>
    public void Note([InterpolatedStringHandlerArgument("")] TraceLine line)
    {
        if (!keepsTrace)
            return;
        _trace.Enqueue($"{Now.TotalMilliseconds,12:0.000} ms  {line.Text()}");
        if (_trace.Count > LinesKept)
            _trace.Dequeue();
    }

    /// <summary>What happened, as a number, for the fingerprint.</summary>
    public void Mark(long what) => Fingerprint = (Fingerprint ^ (ulong)what) * 1099511628211;

    /// <summary>Plays until the story is over, or the time has come.</summary>
    public void Play(TimeSpan until)
    {
        while (!IsOver && _events.TryPeek(out var happens, out var key) && key.At <= until.Ticks)
        {
            _events.Dequeue();
            Now = TimeSpan.FromTicks(key.At);
            Happened++;
            Mark(key.At);
            happens();
            while (_afterThis.TryDequeue(out var follows))
                follows();
        }
    }
}
