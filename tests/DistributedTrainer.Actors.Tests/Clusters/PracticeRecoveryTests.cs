using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// Servers die while a job clips by the norm, reduces its rate on plateaus and keeps a moving average: whoever goes on must have the norms
/// of others, the rate that was decided on and the average.
/// </summary>
public class PracticeRecoveryTests
{
    private static readonly Job Endless = SmallJobs.Digits with
    {
        Stop = new StopSpec(),
        Epochs = 1_000_000,
        Clip = new ClipNorm(0.3),
        Average = new AverageSpec(0.9),
        Schedule = new ReduceOnPlateau { Factor = 0.9, Patience = 1, MinDelta = 0.5, To = 1e-4 },
    };

    [Theory]
    [InlineData("leader", 3, 2)]
    [InlineData("primary", 3, 3)]
    [InlineData("primary", 2, 2)]
    [InlineData("coordinator", 3, 2)]
    public async Task A_server_dies_and_the_weights_stay(string victim, int nodes, int servers)
    {
        await using var cluster = await TestCluster.Start(nodes);
        cluster.Submit(Endless, servers: servers, replicas: 1);
        await cluster.Hears<EpochClosed>(epoch => epoch.Row.Epoch == 3, "three epochs");
        var node = await RecoveryTests.Victim(cluster, victim);
        await cluster.Kill(node);
        await cluster.Hears<ClusterChanged>(
            change => change.Change.Kind == "shards-moved" && !change.Change.Detail.Contains(node.Address), "shards on the others");
        await cluster.Goes(60);
        await RecoveryTests.Stop(cluster, Endless);
        var rates = cluster.Events.OfType<EpochClosed>().Select(epoch => epoch.Row.LearningRate).ToList();
        Assert.Equal(Endless.Optimizer.LearningRate, rates[0]);
        Assert.True(rates[^1] < rates[0], "no plateau reduced the learning rate");
    }
}
