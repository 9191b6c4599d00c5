using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Two clusters of the same seeds that find each other become one: the nodes of the smaller one end, to be started again.</summary>
public class IslandTests
{
    [Fact]
    public async Task A_first_seed_that_began_a_cluster_of_its_own_ends_when_it_finds_the_others()
    {
        var (first, second) = (Port(), Port());
        string[] seeds = [$"127.0.0.1:{first}", $"127.0.0.1:{second}"];
        // The other seed is not there, so there is no answer to wait for.
        await using var lonely = await Node(first, "akka.cluster.seed-node-timeout = 500ms");
        await lonely.JoinAsync(seeds, Wait.Bound);
        await using var cluster = await Node(second);
        await cluster.JoinAsync([seeds[1]], Wait.Bound);
        await using var other = await Node(0);
        await other.JoinAsync([seeds[1]], Wait.Bound);

        var (reason, exitCode) = await lonely.Stopped.WaitAsync(Wait.Bound);
        Assert.Contains($"the seed {seeds[1]} is in another cluster", reason);
        Assert.Equal(3, exitCode);
        await lonely.DisposeAsync();

        // Started again, it joins them, though it is the first seed.
        await using var again = await Node(first);
        await again.JoinAsync(seeds, Wait.Bound);
        await Wait.Until(async () => (await cluster.StatusAsync(Wait.Bound)).Nodes.Count == 3, "three nodes in one cluster");
        Assert.False(again.Stopped.IsCompleted);
    }

    [Fact]
    public async Task Workers_without_a_coordinator_end_when_one_is_back()
    {
        var seed = Port();
        string[] seeds = [$"127.0.0.1:{seed}"];
        var coordinator = await Node(seed);
        await coordinator.JoinAsync(seeds, Wait.Bound);
        await using var worker = await ClusterNode.StartAsync(new NodeOptions { Threads = 1, Roles = ["worker"] });
        await worker.JoinAsync(seeds, Wait.Bound);
        await coordinator.Kill([worker.Address]);
        worker.Down(coordinator.Address);
        await coordinator.DisposeAsync();
        await using var back = await Node(seed);
        await back.JoinAsync(seeds, Wait.Bound);
        var (reason, exitCode) = await worker.Stopped.WaitAsync(Wait.Bound);
        Assert.Contains("this side has 0 nodes with the role coordinator", reason);
        Assert.Equal(3, exitCode);
    }

    private static Task<ClusterNode> Node(int port, string? hocon = null) => ClusterNode.StartAsync(new NodeOptions { Threads = 1, Port = port, Hocon = hocon });

    private static int Port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
