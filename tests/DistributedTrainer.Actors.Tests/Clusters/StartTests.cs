using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors.Tests;

/// <summary>What cannot start or join says why, within a bound.</summary>
public class StartTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

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

    [Theory]
    [InlineData("akka {\n  loglevel = INFO\n", "my.conf, line 1: '{' is never closed")]
    [InlineData("akka {\n  loglevel = INFO }\n}\n", "my.conf, line 3: '}' closes nothing")]
    [InlineData("akka.cluster.roles = [worker\n}", "my.conf, line 2: '}' closes nothing")]
    [InlineData("# says \"hello\n\nakka.loglevel = \"INFO\n", "my.conf, line 3: the quotation mark has no partner")]
    [InlineData("\nakka.loglevel = LOUD\n", "my.conf, line 2: akka.loglevel is 'LOUD'")]
    [InlineData("# ${?NOT_THIS}\nakka.loglevel = ${?LEVEL}\n", "my.conf, line 2: '${?' is not read here")]
    [InlineData("akka {\n  loglevel INFO\n}", "my.conf, line 2: 'akka.loglevel INFO' has no value")]
    [InlineData("akka.cluster {\n  gossip-interval = ${no.such.key}\n}", "my.conf: cannot be read: Unresolved substitution: no.such.key")]
    [InlineData(
        "akka.cluster {\n  split-brain-resolver.active-strategy = keep-majorty\n}",
        "my.conf, line 2: this configuration does not work: Unknown downing strategy 'split-brain-resolver.active-strategy'=[keep-majorty]. Select one of [")]
    [InlineData("akka.cluster {\n  failure-detector.heartbeat-interval = soon\n}", "my.conf, line 2: this configuration does not work: The input string 'soon'")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = big", "my.conf, line 1: this configuration does not work: The input string 'big'")]
    [InlineData("akka.cluster.downing-provider-class = \"No.Such.Provider, Nowhere\"", "Nowhere")]
    public async Task A_configuration_that_is_wrong_is_the_users_mistake(string hocon, string message)
    {
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(new NodeOptions { Hocon = hocon, HoconName = "my.conf" }).WaitAsync(Wait.Bound));
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public async Task A_configuration_may_say_all_that_HOCON_can()
    {
        const string Hocon =
            """"
            # comment with { and "
            // another [
            akka { loglevel : "INFO", cluster.roles = [] }
            mine {
              text = "a \" } b"
              long = """several "lines"
            } of text"""
              list = [1, 2]
            }
            """";
        await using var node = await ClusterNode.StartAsync(new NodeOptions { Hocon = Hocon });
        await node.JoinAsync([node.Address], Wait.Bound);
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
