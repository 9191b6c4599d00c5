namespace DistributedTrainer.Coordination;

/// <summary>Faults at random times as events of a run.</summary>
public static class RandomSchedule
{
    internal const int MostFaults = 10_000;

    /// <summary>The faults of one run, in order of time; none is later than <see cref="RandomFaults.Until"/>.</summary>
    /// <param name="repeat">The disturbed run, counted from 1.</param>
    public static IReadOnlyList<ScenarioEvent> Draw(RandomFaults random, ulong seed, int repeat)
    {
        var chance = new Chance(seed, repeat);
        var drawn = new List<ScenarioEvent>();
        var time = TimeSpan.Zero;
        for (var ordinal = 0; ordinal < 4 * MostFaults; ordinal++)
        {
            // The time to the next of events that come at a constant rate: exponential, by inversion.
            time += random.MeanTimeBetween * -Math.Log(1 - chance.Uniform(ChanceUse.Gap, ordinal));
            if (time > random.Until)
                break;
            var at = RunTime.After(time);
            var any = new Victim(VictimKind.Any);
            drawn.Add(random.Kinds[chance.Of(random.Kinds.Count, ChanceUse.Kind, ordinal)] switch
            {
                RandomFault.Kill => new KillEvent(at, any, Restart: random.Restart) { IsPlanned = false },
                RandomFault.Stop => new StopEvent(at, any, For: random.Restart) { IsPlanned = false },
                _ => new RemoveEvent(at, any, Restart: random.Restart) { IsPlanned = false },
            });
        }

        return drawn;
    }
}
