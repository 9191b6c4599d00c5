using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>An event: a moment, one action with whom it is about, and the keys that go with this action.</summary>
internal sealed class EventForm : Form<ScenarioEvent>
{
    private readonly List<Action> _actions = [];

    public static EventForm Instance { get; } = new();

    private EventForm()
    {
        var kill = new VictimForm(VictimKind.Worker, VictimKind.Server, VictimKind.Coordinator, VictimKind.Any, VictimKind.All);
        var one = new VictimForm(VictimKind.Worker, VictimKind.Server, VictimKind.Coordinator, VictimKind.Any);
        var duration = new UnsetForm<TimeSpan>(DurationForm.Instance);
        var names = new ListForm<string>("nodes", NodeName.Form, least: 1);

        Add("kill", Keys(new KillEvent(default, default))
            .Required("kill", "Whose process ends at once.", kill, e => e.Victim, (e, victim) => e with { Victim = victim })
            .Optional("restart", "A new process takes its place after this.", duration, e => e.Restart, (e, time) => e with { Restart = time })
            .Optional("resume", "With all: the job is resumed from its last checkpoint after this.", duration, e => e.Resume, (e, time) => e with { Resume = time })
            .Rule("kill", e => e is { Victim.Kind: VictimKind.All, Resume: null } ? "with all nodes gone the run is over; say when it is resumed, such as resume: 2 s" : null)
            .Rule("restart", e => e is { Victim.Kind: VictimKind.All, Restart: not null } ? "all nodes are not restarted but resumed: write resume instead" : null)
            .Rule("resume", e => e is { Victim.Kind: not VictimKind.All, Resume: not null } ? "goes with kill: all; a single node is started again with restart" : null));
        Add("stop", Keys(new StopEvent(default, default))
            .Required("stop", "Whose process freezes.", one, e => e.Victim, (e, victim) => e with { Victim = victim })
            .Optional("for", "Then it goes on; without, it never does.", duration, e => e.For, (e, time) => e with { For = time }));
        Add("slow", Keys(new SlowEvent(default, default, 1))
            .Required("slow", "Who computes slower.", one, e => e.Victim, (e, victim) => e with { Victim = victim })
            .Required("factor", "So many times.", NumberForm.Positive, e => e.Factor, (e, factor) => e with { Factor = factor })
            .Optional("for", "Then at full speed again; without, never.", duration, e => e.For, (e, time) => e with { For = time })
            .Rule("factor", e => e.Factor is > 1 and <= 1000 ? null : $"is {Numerals.Text(e.Factor)}; allowed is a number above 1, at most 1000"));
        Add("partition", Keys(new PartitionEvent(default, []))
            .Required("partition", "Groups of nodes that do not reach each other.", new ListForm<IReadOnlyList<string>>("groups of nodes", names, least: 2),
                e => e.Groups, (e, groups) => e with { Groups = groups })
            .Optional("for", "Then it heals; without, it never does.", duration, e => e.For, (e, time) => e with { For = time })
            .Rule("partition", e => e.Groups.SelectMany(group => group).GroupBy(node => node).FirstOrDefault(node => node.Count() > 1) is { } twice
                ? $"'{twice.Key}' stands in it twice" : null));
        Add("delay", Keys(new DelayEvent(default, [], default))
            .Required("delay", "Between any two of these nodes everything arrives later.", new ListForm<string>("nodes", NodeName.Form, least: 2),
                e => e.Nodes, (e, nodes) => e with { Nodes = nodes })
            .Required("by", "How much later, each way.", DurationForm.Instance, e => e.By, (e, time) => e with { By = time })
            .Optional("for", "Then as before; without, never.", duration, e => e.For, (e, time) => e with { For = time })
            .Rule("delay", e => e.Nodes.GroupBy(node => node).FirstOrDefault(node => node.Count() > 1) is { } twice ? $"'{twice.Key}' stands in it twice" : null)
            .Rule("by", e => e.By <= TimeSpan.FromMinutes(1) ? null : "allowed is at most 1 min"));
        Add("add", Keys(new AddEvent(default, 1))
            .Required("add", "So many further nodes come.", new WholeForm<int>(1), e => e.Count, (e, count) => e with { Count = count }));
        Add("remove", Keys(new RemoveEvent(default, default))
            .Required("remove", "Who hands its work over and leaves.", one, e => e.Victim, (e, victim) => e with { Victim = victim })
            .Optional("restart", "A new process takes its place after this.", duration, e => e.Restart, (e, time) => e with { Restart = time }));
    }

    public override ScenarioEvent Read(Found found)
    {
        if (found.Node is not MapNode map)
            throw found.Expected($"an event, such as {{ at: 200 steps, kill: worker }}, with one of {Words}");
        var chosen = _actions.Where(action => map.Find(action.Word) is not null).ToList();
        if (chosen.Count == 1)
            return chosen[0].Read(found);
        if (chosen.Count > 1)
            throw found.Error($"an event does one thing; found {string.Join(" and ", chosen.Select(action => action.Word))}: write an event for each");
        var words = _actions.Select(action => action.Word).ToList();
        var guess = map.Entries.Where(entry => entry.Key is not ("at" or "for" or "restart" or "resume" or "by" or "factor"))
            .Select(entry => Nearest.Hint(entry.Key, words)).FirstOrDefault(hint => hint.Length > 0);
        throw found.Error($"does not say what happens: one of {Words}; found {map.Description}{guess}");
    }

    public override JobNode Write(ScenarioEvent value, Purpose purpose) => _actions.Find(action => action.Word == value.Kind)!.Write(value, purpose);

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray([.. _actions.Select(action => action.Schema())]) };

    private string Words => string.Join(", ", _actions.Select(action => action.Word));

    private static MapForm<T> Keys<T>(T blank)
        where T : ScenarioEvent => new MapForm<T>("Something that is done to the cluster.", blank)
        .Required("at", "When: after so many steps or epochs, or so long after the training began.", RunTimeForm.Instance, e => e.At, (e, at) => (T)(e with { At = at }));

    private void Add<T>(string word, MapForm<T> keys)
        where T : ScenarioEvent =>
        _actions.Add(new Action(word, keys.Read, (value, purpose) => keys.Write((T)value, purpose), keys.Schema));

    private sealed record Action(string Word, Func<Found, ScenarioEvent> Read, Func<ScenarioEvent, Purpose, JobNode> Write, Func<JsonObject> Schema);
}
