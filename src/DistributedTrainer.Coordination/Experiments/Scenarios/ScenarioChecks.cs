namespace DistributedTrainer.Coordination;

/// <summary>What can be said of a scenario without running anything: events that cannot happen.</summary>
internal static class ScenarioChecks
{
    /// <returns>The first problem; null where everything can happen.</returns>
    public static JobProblem? Impossible(Scenario scenario)
    {
        var events = scenario.Events;
        var nodes = scenario.Cluster.Nodes;
        var known = nodes + events.OfType<AddEvent>().Sum(e => e.Count);
        if (known > 64)
            return new JobProblem("events", $"{known} processes, with those that are added, are too many for one machine; allowed are 64");
        for (var index = 0; index < events.Count; index++)
        {
            if (UnknownNode(events[index], known) is { } unknown)
                return new JobProblem(
                    $"events.{index}.{events[index].Kind}",
                    Nearest.Unknown("node", unknown, [.. Enumerable.Range(1, known).Select(NodeName.Of)]));
            if (WhyNot(events[index], scenario) is { } reason)
                return new JobProblem($"events.{index}.{events[index].Kind}", reason);
        }

        return TakesAll(scenario);
    }

    /// <param name="stepsPerEpoch">Null where it is not known yet.</param>
    public static JobProblem? AgainstJob(Scenario scenario, Job job, long? stepsPerEpoch)
    {
        if (job.Stop.Time is not null)
            return new JobProblem("job", "stops on time (stop.time), so its weights depend on the clock and cannot be compared; remove stop.time, or stop after steps");
        var total = Math.Min(stepsPerEpoch is { } steps ? steps * job.Epochs : long.MaxValue, job.Stop.Steps ?? long.MaxValue);
        for (var index = 0; index < scenario.Events.Count; index++)
        {
            var at = scenario.Events[index].At;
            if (at.Unit == RunUnit.Epochs && at.Count >= job.Epochs)
                return new JobProblem($"events.{index}.at", $"{at} is not before the job's end: it has {job.Epochs} epochs");
            if (at.Unit == RunUnit.Steps && at.Count >= total)
                return new JobProblem($"events.{index}.at", $"{at} is not before the job's end: it has {total} steps");
        }

        return null;
    }

    private static string? UnknownNode(ScenarioEvent e, int known)
    {
        IEnumerable<string> named = e switch
        {
            KillEvent kill => [kill.Victim.Node],
            StopEvent stop => [stop.Victim.Node],
            SlowEvent slow => [slow.Victim.Node],
            RemoveEvent remove => [remove.Victim.Node],
            PartitionEvent partition => partition.Groups.SelectMany(group => group),
            DelayEvent delay => delay.Nodes,
            _ => [],
        };
        return named.FirstOrDefault(node => node.Length > 0 && NodeName.NumberOf(node) > known);
    }

    private static string? WhyNot(ScenarioEvent e, Scenario scenario)
    {
        var cluster = scenario.Cluster;
        var victim = e switch
        {
            KillEvent kill => kill.Victim.Kind,
            StopEvent stop => stop.Victim.Kind,
            SlowEvent slow => slow.Victim.Kind,
            RemoveEvent remove => remove.Victim.Kind,
            _ => VictimKind.Any,
        };
        if (victim == VictimKind.Worker && cluster.ServingNodes >= cluster.Nodes && !scenario.Events.Any(other => other is AddEvent))
            return $"no node is only a worker: each of the {cluster.Nodes} hosts a range; take more nodes, or servers: {Math.Max(1, cluster.Nodes - 1)}";
        if (victim == VictimKind.Worker && cluster.Nodes == 1 && !scenario.Events.Any(other => other is AddEvent))
            return "the only node hosts the coordinator; take more nodes";
        if (e is PartitionEvent && cluster.Nodes == 1 && !scenario.Events.Any(other => other is AddEvent))
            return "one node cannot be parted; take more nodes";
        if (e is PartitionEvent { Groups: var groups }
            && Enumerable.Range(1, cluster.Nodes).Select(NodeName.Of).FirstOrDefault(node => !groups.Any(group => group.Contains(node))) is { } missing)
            return $"{missing} is in no group; name every node";
        return null;
    }

    /// <summary>Nodes that go and never come back must leave one to go on.</summary>
    private static JobProblem? TakesAll(Scenario scenario)
    {
        var left = scenario.Cluster.Nodes + scenario.Events.OfType<AddEvent>().Sum(e => e.Count);
        for (var index = 0; index < scenario.Events.Count; index++)
        {
            var goes = scenario.Events[index] switch
            {
                KillEvent { Victim.Kind: not VictimKind.All, Restart: null } => 1,
                RemoveEvent { Restart: null } => 1,
                StopEvent { For: null } => 1,
                _ => 0,
            };
            left -= goes;
            if (goes > 0 && left < 1)
                return new JobProblem($"events.{index}.{scenario.Events[index].Kind}", "takes the last node away, and nobody is left to train; restart nodes, or use kill: all with resume");
        }

        return null;
    }
}
