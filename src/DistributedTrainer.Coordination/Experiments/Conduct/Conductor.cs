namespace DistributedTrainer.Coordination;

/// <summary>
/// Carries a scenario's events out on one run: says what to do as steps and time go by, and keeps what was done. A plain state machine:
/// whoever drives it does what it says, and has the clock.
/// </summary>
public sealed class Conductor
{
    /// <summary>A restarted node that has not joined after this no longer holds random faults back.</summary>
    private static readonly TimeSpan ReturnBound = TimeSpan.FromSeconds(30);

    private readonly Scenario _scenario;
    private readonly IReadOnlyList<ScenarioEvent> _events;
    private readonly bool[] _isDone;
    private readonly Chance _chance;
    private readonly SortedSet<string> _names = new(Comparer<string>.Create((left, right) => NodeName.NumberOf(left)!.Value.CompareTo(NodeName.NumberOf(right)!.Value)));
    private readonly List<FollowUp> _followUps = [];
    private readonly List<(ScenarioEvent Event, string Victim)> _active = [];
    private readonly Dictionary<string, NodeFaults> _faults = [];
    private readonly Dictionary<string, TimeSpan?> _away = [];
    private readonly HashSet<string> _restarted = [];
    private readonly HashSet<string> _gone = [];
    private readonly List<InjectedEvent> _injected = [];
    private readonly List<ConductorAction> _actions = [];
    private readonly long _stepsPerEpoch;
    private int _added;

    /// <param name="repeat">The disturbed run, counted from 1.</param>
    /// <param name="stepsPerEpoch">1 or more.</param>
    public Conductor(Scenario scenario, int repeat, long stepsPerEpoch)
    {
        (_scenario, _stepsPerEpoch) = (scenario, stepsPerEpoch);
        _events = scenario.EventsOf(repeat);
        _isDone = new bool[_events.Count];
        _chance = new Chance(scenario.Seed, repeat);
        for (var number = 1; number <= scenario.Cluster.Nodes; number++)
            _names.Add(NodeName.Of(number));
    }

    /// <summary>What was done so far, and what could not be, in order.</summary>
    public IReadOnlyList<InjectedEvent> Injected => _injected;

    /// <summary>All processes have been killed, and the job is to be resumed in a while: its end is no surprise.</summary>
    public bool AwaitsResume { get; private set; }

    /// <summary>Looks whether something is due.</summary>
    /// <param name="elapsed">Since the training began; never goes back.</param>
    /// <param name="step">Steps committed.</param>
    /// <param name="view">The cluster as it is known to be.</param>
    /// <returns>What to do, in order; empty mostly.</returns>
    public IReadOnlyList<ConductorAction> Advance(TimeSpan elapsed, long step, ClusterView view)
    {
        _actions.Clear();
        NoteReturns(elapsed, view);
        foreach (var followUp in _followUps.Where(f => f.Due <= elapsed).OrderBy(f => f.Due).ToList())
        {
            _followUps.Remove(followUp);
            followUp.Do(step, elapsed);
        }

        for (var index = 0; index < _events.Count; index++)
        {
            if (_isDone[index] || !_events[index].At.HasCome(step, _stepsPerEpoch, elapsed))
                continue;
            _isDone[index] = true;
            Do(_events[index], index, elapsed, step, view);
        }

        return _actions.Count == 0 ? [] : [.. _actions];
    }

    /// <summary>The run is over: planned events whose time never came are noted as missed.</summary>
    public void Finish(TimeSpan elapsed, long step, string reason)
    {
        for (var index = 0; index < _events.Count; index++)
        {
            if (_isDone[index] || !_events[index].IsPlanned)
                continue;
            _isDone[index] = true;
            Miss(_events[index], elapsed, step, $"the run ended before {_events[index].At}: {reason}");
        }
    }

    private void Do(ScenarioEvent e, int ordinal, TimeSpan elapsed, long step, ClusterView view)
    {
        if (!e.IsPlanned && WouldBreakMajority())
        {
            Miss(e, elapsed, step, "another node is still away, and a majority is kept");
            return;
        }

        switch (e)
        {
            case KillEvent { Victim.Kind: VictimKind.All, Resume: var resume }:
                var all = view.Nodes.Where(node => node.IsUp).Select(node => node.Name).ToList();
                foreach (var node in all)
                    Kill(node);
                Note(e, "all", all, elapsed, step, null);
                ResumeAfter(resume!.Value, elapsed);
                break;
            case KillEvent kill when Choose(e, kill.Victim) is { } victim:
                Kill(victim);
                Note(e, victim, [victim], elapsed, step, null);
                RestartAfter(victim, kill.Restart, elapsed);
                break;
            case RemoveEvent remove when Choose(e, remove.Victim) is { } victim:
                _gone.Add(victim);
                _away[victim] = null;
                _actions.Add(new RemoveNode(victim));
                Note(e, victim, [victim], elapsed, step, null);
                RestartAfter(victim, remove.Restart, elapsed);
                break;
            case StopEvent stop when Choose(e, stop.Victim) is { } victim:
                _away[victim] = null;
                _actions.Add(new FreezeNode(victim, true));
                Note(e, victim, [victim], elapsed, step, stop.For);
                After(stop.For, elapsed, (_, _) =>
                {
                    _away.Remove(victim);
                    _actions.Add(new FreezeNode(victim, false));
                });
                break;
            case SlowEvent slow when Choose(e, slow.Victim) is { } victim:
                Note(e, victim, [victim], elapsed, step, slow.For);
                Activate((e, victim), elapsed);
                break;
            case PartitionEvent partition:
                Note(e, string.Join(" | ", partition.Groups.Select(group => string.Join(" ", group))), [.. partition.Groups.SelectMany(g => g)], elapsed, step, partition.For);
                Activate((e, ""), elapsed);
                break;
            case DelayEvent delay:
                Note(e, string.Join(" ", delay.Nodes), delay.Nodes, elapsed, step, delay.For);
                Activate((e, ""), elapsed);
                break;
            case AddEvent add:
                for (var count = 0; count < add.Count; count++)
                {
                    var node = NodeName.Of(_scenario.Cluster.Nodes + ++_added);
                    _names.Add(node);
                    _actions.Add(new StartNewNode(node));
                    SetFaults(); // a new node may have come on one side of a partition
                    Note(e, node, [node], elapsed, step, null);
                }

                break;
        }

        string? Choose(ScenarioEvent about, Victim victim)
        {
            var (node, reason) = VictimChoice.Choose(victim, view, name => _away.ContainsKey(name) || _gone.Contains(name), _chance, ordinal);
            if (node is null)
                Miss(about, elapsed, step, reason);
            return node;
        }
    }

    private void Kill(string node)
    {
        _gone.Add(node);
        _away[node] = null;
        _actions.Add(new KillNode(node));
    }

    private void RestartAfter(string node, TimeSpan? restart, TimeSpan elapsed) => After(restart, elapsed, (step, now) =>
    {
        if (AwaitsResume || !_gone.Contains(node))
            return; // all were killed meanwhile, and it comes back with the others
        ComesBack(node, now);
        _actions.Add(new StartNewNode(node));
        SetFaults();
        _injected.Add(new InjectedEvent("restart", node, step, now, null, [node]));
    });

    private void ResumeAfter(TimeSpan resume, TimeSpan elapsed)
    {
        AwaitsResume = true;
        After(resume, elapsed, (step, now) =>
        {
            AwaitsResume = false;
            var nodes = Enumerable.Range(1, _scenario.Cluster.Nodes).Select(NodeName.Of).ToList();
            foreach (var node in nodes)
                ComesBack(node, now);
            _actions.Add(new ResumeJob());
            SetFaults();
            _injected.Add(new InjectedEvent("resume", "all", step, now, null, nodes));
        });
    }

    private void ComesBack(string node, TimeSpan now)
    {
        _gone.Remove(node);
        _restarted.Add(node);
        _away[node] = now + ReturnBound;
        _faults.Remove(node); // the new process knows of none
    }

    /// <summary>A restarted node counts as away until it has joined.</summary>
    private void NoteReturns(TimeSpan elapsed, ClusterView view)
    {
        foreach (var node in _restarted.ToList())
        {
            if (view.Find(node) is not { IsUp: true } && _away.GetValueOrDefault(node) > elapsed)
                continue;
            _away.Remove(node);
            _restarted.Remove(node);
        }
    }

    /// <summary>One more away, and half of the nodes would be.</summary>
    private bool WouldBreakMajority() => 2 * (_away.Count + 1) >= _names.Count;

    private void Activate((ScenarioEvent Event, string Victim) fault, TimeSpan elapsed)
    {
        _active.Add(fault);
        SetFaults();
        After(fault.Event.Lasts, elapsed, (_, _) =>
        {
            _active.Remove(fault);
            SetFaults();
        });
    }

    private void SetFaults()
    {
        foreach (var node in _names)
        {
            var faults = NodeFaults.Of(node, _active, [.. _names]);
            if (ReferenceEquals(faults, _faults.GetValueOrDefault(node, NodeFaults.None)))
                continue;
            _faults[node] = faults;
            _actions.Add(new SetNodeFaults(node, faults));
        }
    }

    private void After(TimeSpan? time, TimeSpan elapsed, Action<long, TimeSpan> action)
    {
        if (time is { } after)
            _followUps.Add(new FollowUp(elapsed + after, action));
    }

    private void Note(ScenarioEvent e, string node, IReadOnlyList<string> nodes, TimeSpan elapsed, long step, TimeSpan? lasts) =>
        _injected.Add(new InjectedEvent(e.Kind, node, step, elapsed, lasts, nodes) { IsPlanned = e.IsPlanned });

    private void Miss(ScenarioEvent e, TimeSpan elapsed, long step, string reason) =>
        _injected.Add(new InjectedEvent(e.Kind, "", step, elapsed, null, []) { IsPlanned = e.IsPlanned, Missed = reason });

    private sealed record FollowUp(TimeSpan Due, Action<long, TimeSpan> Do);
}
