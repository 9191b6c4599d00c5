using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors.Tests;

/// <summary>What cannot start or join says why, within a bound.</summary>
public class StartTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(new NodeOptions { Port = port }).WaitAsync(Wait.Bound));
        Assert.Equal(3, error.ExitCode);
        Assert.Contains($"port {port}", error.Message);
    }

    [Fact]
    public async Task A_silent_seed_is_named()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var seed = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        await using var node = await ClusterNode.StartAsync(new NodeOptions());
        var error = await Assert.ThrowsAsync<NodeStartException>(() => node.JoinAsync([seed], Soon).WaitAsync(Wait.Bound));
        Assert.Equal(3, error.ExitCode);
        Assert.Contains(seed, error.Message);
    }

    [Fact]
    public async Task A_seed_that_is_no_address_is_the_users_mistake()
    {
        await using var node = await ClusterNode.StartAsync(new NodeOptions());
        var error = await Assert.ThrowsAsync<NodeStartException>(() => node.JoinAsync(["nonsense"], Soon));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("host:port", error.Message);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_the_users_mistake()
    {
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(new NodeOptions { Roles = ["wroker"] }));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("wroker", error.Message);
        Assert.Contains("worker", error.Message);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_is_the_users_mistake()
    {
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(new NodeOptions { Hocon = "akka.actor.provider = \"No.Such.Provider, Nowhere\"" }));
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public async Task A_client_without_a_cluster_says_so()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var seed = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterClient.ConnectAsync([seed], Soon).WaitAsync(Wait.Bound));
        Assert.Equal(3, error.ExitCode);
        Assert.Contains(seed, error.Message);
    }
}
