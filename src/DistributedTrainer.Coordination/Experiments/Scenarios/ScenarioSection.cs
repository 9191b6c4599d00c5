namespace DistributedTrainer.Coordination;

/// <summary>The whole scenario file: its keys in the order in which they are written.</summary>
internal static class ScenarioSection
{
    private static readonly MapForm<ClusterShape> Cluster = new MapForm<ClusterShape>("What the job runs on: node processes on this machine.", new ClusterShape())
        .Optional("nodes", "Node processes at the start.", new WholeForm<int>(1), c => c.Nodes, (c, nodes) => c with { Nodes = nodes })
        .Optional("servers", "Parameter server ranges. By default 2, or 1 on one node.", new UnsetForm<int>(new WholeForm<int>(1)),
            c => c.Servers, (c, servers) => c with { Servers = servers })
        .Optional("replicas", "Backups of each range. By default 1, or 0 on one node.", new UnsetForm<int>(new WholeForm<int>(0)),
            c => c.Replicas, (c, replicas) => c with { Replicas = replicas })
        .Optional("threads", "Compute threads of a node. By default cores / nodes.", new UnsetForm<int>(new WholeForm<int>(1)),
            c => c.Threads, (c, threads) => c with { Threads = threads })
        .Rule("nodes", c => c.Nodes <= 64 ? null : $"{c.Nodes} processes are too many for one machine; allowed are 1 to 64")
        .Rule("replicas", c => c.Replicas < c.Nodes || c.Replicas is null ? null : $"is {c.Replicas}; {c.Nodes} nodes have room for at most {c.Nodes - 1}");

    private static readonly MapForm<RandomFaults> Random = new MapForm<RandomFaults>(
            "Faults at random times and nodes, drawn by the seed; never so many at once that no majority is left.",
            new RandomFaults(TimeSpan.FromSeconds(5), [], TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)))
        .Required("mean-time-between", "The mean time between two faults.", DurationForm.Instance,
            r => r.MeanTimeBetween, (r, time) => r with { MeanTimeBetween = time })
        .Required("do", "What happens, with equal chances.", new ListForm<RandomFault>("faults", new WordForm<RandomFault>("fault"), least: 1),
            r => r.Kinds, (r, kinds) => r with { Kinds = kinds })
        .Optional("restart", "How long a victim is away.", DurationForm.Instance, r => r.Restart, (r, time) => r with { Restart = time })
        .Required("until", "No fault begins later than this after the training's start.", DurationForm.Instance,
            r => r.Until, (r, time) => r with { Until = time })
        .Rule("until", r => r.Until / r.MeanTimeBetween <= RandomSchedule.MostFaults
            ? null : $"a fault every {r.MeanTimeBetween.TotalSeconds} s would be more than {RandomSchedule.MostFaults} until then");

    private static readonly MapForm<Expectations> Expect = new MapForm<Expectations>("What must come out; else the exit code is 1.", new Expectations())
        .Optional("same-weights", "The weights equal those of the undisturbed run, to the bit. false does not judge them.", BooleanForm.Instance,
            e => e.SameWeights, (e, same) => e with { SameWeights = same })
        .Optional("samples-lost", "Samples that were never trained on, at most.", new WholeForm<long>(0), e => e.SamplesLost, (e, count) => e with { SamplesLost = count })
        .Optional("samples-doubled", "Samples that were trained on twice, at most.", new WholeForm<long>(0),
            e => e.SamplesDoubled, (e, count) => e with { SamplesDoubled = count })
        .Optional("pause-max", "The longest time without a new step that an event may cause.", new UnsetForm<TimeSpan>(DurationForm.Instance),
            e => e.PauseMax, (e, time) => e with { PauseMax = time })
        .Optional("steps-repeated-max", "Steps that a run may have to repeat.", new UnsetForm<long>(new WholeForm<long>(0)),
            e => e.StepsRepeatedMax, (e, count) => e with { StepsRepeatedMax = count });

    public static MapForm<Scenario> Form { get; } = new MapForm<Scenario>("A DistributedTrainer experiment: what happens to a cluster while it trains.", new Scenario { Job = "" })
        .Optional("name", "Names the report folder.", TextForm.Name, s => s.Name, (s, name) => s with { Name = name })
        .Required("job", "The job file.", PathForm.Instance, s => s.Job, (s, job) => s with { Job = job })
        .Optional("set", "Changes of the job, as train --set.", SetForm.Instance, s => s.Set, (s, set) => s with { Set = set })
        .Optional("cluster", "What the job runs on.", Cluster, s => s.Cluster, (s, cluster) => s with { Cluster = cluster })
        .Optional("repeat", "Disturbed runs.", new WholeForm<int>(1), s => s.Repeat, (s, repeat) => s with { Repeat = repeat })
        .Optional("seed", "Draws victims and times; nothing of the training.", new WholeForm<ulong>(0), s => s.Seed, (s, seed) => s with { Seed = seed })
        .Optional("events", "What happens, and when.", new ListForm<ScenarioEvent>("events", EventForm.Instance), s => s.Events, (s, events) => s with { Events = events })
        .Optional("random", "Faults at random.", Random, s => s.Random, (s, random) => s with { Random = random })
        .Optional("expect", "What must come out.", Expect, s => s.Expect, (s, expect) => s with { Expect = expect })
        .Rule("events", s => s.Events.Count > 0 || s.Random is not null ? null : "nothing happens in this scenario; write events, or random");
}
