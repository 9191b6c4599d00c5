namespace DistributedTrainer.Simulation.Tests;

/// <summary>How a story went.</summary>
/// <param name="Violation">What must hold and did not; null where all was well.</param>
internal sealed record Outcome(Story Story, string? Violation, ulong Fingerprint, TimeSpan Lasted, long Events, IReadOnlyList<string> Trace)
{
    public string Report() => $"{Violation}\n{Story.Describe()}\nReplay it alone: DTRAIN_SIMULATION_SEED={Story.Seed} dotnet test tests/DistributedTrainer.Simulation.Tests";
}

/// <summary>Plays the story of a seed.</summary>
internal static class Simulation
{
    /// <summary>Once the last fault is over, a job has this long to end: longer than any wait of the protocol but its last ones.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="plant">Plants a defect; null: none.</param>
    public static Outcome Play(int seed, Lane lane, Action<SimulatedCluster>? plant = null, bool keepsTrace = false) => Play(Story.Of(seed), lane, plant, keepsTrace);

    public static Outcome Play(Story story, Lane lane, Action<SimulatedCluster>? plant = null, bool keepsTrace = false)
    {
        var world = new World(story.Seed, keepsTrace);
        var happenings = new Happenings(world, story);
        var referee = new Referee(world, story.Recipe, happenings.Committed);
        var cluster = new SimulatedCluster(world, story, lane, referee);
        plant?.Invoke(cluster);
        happenings.Begin(cluster);
        try
        {
            for (var bound = Patience; !world.IsOver && (happenings.Over is null || happenings.Over + Patience > world.Now); bound += Patience / 4)
                world.Play(bound);
            if (!world.IsOver)
                world.Violate($"the job has not ended {Patience.TotalSeconds:0} s after the last fault; version {referee.Committed}\n{cluster.Describe()}");
        }
        finally
        {
            world.IsOver = true;
            foreach (var node in cluster.Nodes)
                node.CleanUp();
            lane.ReturnAll();
        }

        return new Outcome(story, world.Violation, world.Fingerprint, world.Now, world.Happened, [.. world.Trace]);
    }
}
