using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A cluster with mutual TLS trains as any other does, and lets nobody in who shows no certificate, or a bad one.</summary>
public sealed class SecureClusterTests : IDisposable
{
    /// <summary>TCP between the nodes, though they are on one machine: so that the data plane has TLS too.</summary>
    private const string Tcp = "dtrain.data-plane.unix-sockets = off";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    private readonly TestCertificates _certificates = new();

    private NodeOptions Secure(string name = "") => new() { Hocon = $"{_certificates.Hocon(name)}\n{Tcp}" };

    public void Dispose() => _certificates.Dispose();

    [Theory, InlineData(Tcp), InlineData("")]
    public async Task It_trains_to_the_same_weights(string plane)
    {
        await using var cluster = await TestCluster.Start(2, new NodeOptions { Hocon = $"{_certificates.Hocon()}\n{plane}" });
        var result = await cluster.Train(SmallJobs.Digits, servers: 2);
        using var folder = new TemporaryFolder();
        Assert.Equal((await Trainer.TrainAsync(SmallJobs.Digits, folder.Path)).WeightsSha256, result.WeightsSha256);
        Assert.All(result.PerNode, node => Assert.True(node.ShardSteps > 0));
    }

    [Fact]
    public async Task A_client_with_a_certificate_works_with_it()
    {
        await using var cluster = await TestCluster.Start(1, Secure());
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Wait.Bound, _certificates.Hocon());
        Assert.Single((await client.StatusAsync(Wait.Bound)).Nodes);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_told_what_it_needs()
    {
        await using var cluster = await TestCluster.Start(1, Secure());
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Soon));
        Assert.Contains($"{cluster.Nodes[0].Address} lets in only who shows a certificate", error.Message);
        Assert.Equal(3, error.ExitCode);
    }

    [Fact]
    public async Task A_node_without_a_certificate_is_told_what_it_needs()
    {
        await using var cluster = await TestCluster.Start(1, Secure());
        await using var node = await ClusterNode.StartAsync(new NodeOptions());
        var error = await Assert.ThrowsAsync<NodeStartException>(() => node.JoinAsync([cluster.Nodes[0].Address], Soon));
        Assert.Contains("lets in only who shows a certificate", error.Message);
        Assert.Equal(3, error.ExitCode);
        Assert.Single((await cluster.Nodes[0].StatusAsync(Wait.Bound)).Nodes);
    }

    [Theory]
    [InlineData("expired", "expired on")]
    [InlineData("foreign", "another authority")]
    [InlineData("self-signed", "self-signed")]
    [InlineData("elsewhere", "is for elsewhere, not for 127.0.0.1")]
    public async Task A_node_with_a_bad_certificate_does_not_start(string name, string reason)
    {
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(Secure(name)));
        Assert.Contains(reason, error.Message);
        Assert.Equal(3, error.ExitCode);
    }

    [Theory]
    [InlineData("expired", "expired on")]
    [InlineData("foreign", "another authority")]
    [InlineData("self-signed", "self-signed")]
    public async Task Whoever_starts_all_the_same_is_refused_by_the_cluster(string name, string reason)
    {
        await using var cluster = await TestCluster.Start(1, Secure());
        var refusals = Refusals(cluster.Nodes[0]);
        await Knock(cluster.Nodes[0], name, refusals);
        Assert.Contains(reason, refusals.LastRefusal);
        Assert.Contains(name == "foreign" ? "'127.0.0.1'" : "127.0.0.1", refusals.LastRefusal);
        Assert.Single((await cluster.Nodes[0].StatusAsync(Wait.Bound)).Nodes);
    }

    [Theory]
    [InlineData("foreign", "another authority")]
    [InlineData("expired", "expired on")]
    [InlineData("self-signed", "self-signed")]
    [InlineData("elsewhere", "is for elsewhere, not for 127.0.0.1")]
    public async Task A_cluster_with_a_bad_certificate_is_refused_by_who_calls_it(string name, string reason)
    {
        // A seed that somebody else runs: its certificate is not looked at there, but here.
        var system = System("dtrain", _certificates.Unchecked(name));
        try
        {
            var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
            var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterClient.ConnectAsync([$"{address.Host}:{address.Port}"], Soon, _certificates.Hocon()));
            Assert.Contains(reason, error.Message);
            Assert.Equal(3, error.ExitCode);
        }
        finally
        {
            await system.Terminate().WaitAsync(Wait.Bound);
        }
    }

    [Fact]
    public async Task Who_speaks_TLS_to_a_cluster_in_the_clear_is_told_so()
    {
        await using var cluster = await TestCluster.Start(1);
        var error = await Assert.ThrowsAsync<NodeStartException>(() => ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Soon, _certificates.Hocon()));
        Assert.Contains("it speaks in the clear", error.Message);
    }

    /// <summary>Asks a node for its status with a certificate that the asker has not looked at; nobody answers.</summary>
    private async Task Knock(ClusterNode node, string name, TlsIdentity refusals)
    {
        var system = System("stranger", _certificates.Unchecked(name));
        try
        {
            var target = system.ActorSelection($"akka.ssl.tcp://{NodeSystem.Name}@{node.Address}/user/{NodeActor.Name}");
            var hello = target.Ask<string>(Greeting.Hello(BuildFingerprint.Current), Wait.Bound);
            await Wait.Until(() => refusals.LastRefusal is not null, "the refusal");
            await Assert.ThrowsAsync<AskTimeoutException>(() => target.Ask<StatusText>(new AskStatus(), TimeSpan.FromSeconds(1)));
            Assert.False(hello.IsCompleted, "the stranger was answered");
        }
        finally
        {
            await system.Terminate().WaitAsync(Wait.Bound);
        }
    }

    private static ActorSystem System(string name, TlsIdentity identity) => ActorSystem.Create(name, ActorSystemSetup.Create(
    [
        BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = remote
            akka.loglevel = OFF
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            {{TlsIdentity.Hocon}}
            """).WithFallback(NodeSystem.Shipped("node.conf"))),
        .. identity.Setups(),
    ]));

    private static TlsIdentity Refusals(ClusterNode node) => TlsIdentity.Of(node.System)!;
}
