using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// A node leaves and dies in the one moment in which its ranges are nowhere else but with their backups: the assignment that gives them to
/// others is in force, and their states have not come. Few of all stories are of this kind, so these are.
/// </summary>
public sealed class HandoverTests
{
    private const int Stories = 100;
    private const int MostReports = 3;

    [Fact]
    public void A_range_goes_on_from_its_backup_where_its_giver_dies_before_the_state_has_come()
    {
        var deaths = 0;
        var outcomes = Lanes.Play(Enumerable.Range(0, Stories), (seed, lane) => Simulation.Play(Of(seed), lane, cluster => KillTheGiver(cluster, () => Interlocked.Increment(ref deaths))));
        var failed = outcomes.Where(outcome => outcome.Violation is not null).ToList();
        Assert.True(failed.Count == 0, $"{failed.Count} of {Stories} failed\n{string.Join("\n\n", failed.Take(MostReports).Select(outcome => $"{outcome.Violation}\n{outcome.Story.Describe()}"))}");
        Assert.True(deaths > Stories / 4, $"only {deaths} givers died");
    }

    private static void KillTheGiver(SimulatedCluster cluster, Action died)
    {
        SimulatedNode? giver = null;
        cluster.Network.Passes = frame =>
        {
            if (frame.Header.Kind == FrameKind.State && giver is null)
            {
                giver = frame.From;
                died();
                cluster.World.AfterThis(() => cluster.Kill(giver, isSilent: cluster.World.Happens(0.5)));
            }

            return frame.Header.Kind == FrameKind.State && frame.From == giver ? [] : [frame];
        };
    }

    private static Story Of(int seed)
    {
        var chance = new Random(seed ^ 0x61fe);
        return Story.Of(seed) with
        {
            Nodes = 3,
            Replicas = 1,
            HasCheckpoints = false,
            Faults = [new Fault(FaultKind.Leave, chance.Next(12), TimeSpan.FromSeconds(8), chance.Next(3), TimeSpan.Zero)],
        };
    }
}
