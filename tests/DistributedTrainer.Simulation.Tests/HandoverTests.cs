using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// A node leaves, and one dies in the moment in which ranges are to move: the leaving one before it has sent what it had, or the one whose
/// backup it keeps before another node has a backup. Few of all stories are of this kind, so these are.
/// </summary>
public sealed class HandoverTests
{
    private const int Stories = 100;
    private const int MostReports = 3;

    [Fact]
    public void A_range_goes_on_from_its_backup_where_its_giver_dies_before_the_state_has_come()
    {
        Play(KillTheGiver);
    }

    [Fact]
    public void A_range_whose_primary_dies_while_the_node_with_its_backup_leaves_is_not_lost()
    {
        Play(KillThePrimary);
    }

    private static void Play(Action<SimulatedCluster, Action> plant)
    {
        var deaths = 0;
        var outcomes = Lanes.Play(Enumerable.Range(0, Stories), (seed, lane) => Simulation.Play(Of(seed), lane, cluster => plant(cluster, () => Interlocked.Increment(ref deaths))));
        var failed = outcomes.Where(outcome => outcome.Violation is not null).ToList();
        Assert.True(failed.Count == 0, $"{failed.Count} of {Stories} failed\n{string.Join("\n\n", failed.Take(MostReports).Select(outcome => $"{outcome.Violation}\n{outcome.Story.Describe()}"))}");
        Assert.True(deaths > Stories / 4, $"only {deaths} nodes died");
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

    private static void KillThePrimary(SimulatedCluster cluster, Action died)
    {
        PrepareAssignment? first = null;
        var isDone = false;
        cluster.Control.Passes = (message, _) =>
        {
            if (message is PrepareAssignment { Number: 1 } begins)
                first ??= begins;
            if (message is not PrepareAssignment { Number: 2 } next || first is null || isDone)
                return true;
            isDone = true;
            var range = Enumerable.Range(0, first.Primaries.Length).FirstOrDefault(range => IsLeaving(next, first.Backups[range]), -1);
            if (range >= 0 && cluster.Find(first.Primaries[range]) is { } primary)
            {
                died();
                cluster.World.AfterThis(() => cluster.Kill(primary, isSilent: cluster.World.Happens(0.5)));
            }

            return true;
        };
    }

    private static bool IsLeaving(PrepareAssignment next, string node) => !next.Shards.Contains(node) && !next.Primaries.Contains(node) && !next.Backups.Contains(node);

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
