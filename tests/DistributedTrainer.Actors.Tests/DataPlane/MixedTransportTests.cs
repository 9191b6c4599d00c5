namespace DistributedTrainer.Actors.Tests;

/// <summary>Nodes whose tensors would travel in different ways tell each other so.</summary>
public class MixedTransportTests
{
    [Theory, InlineData(AkkaRemotePair.Hocon, UnixSocketPair.Hocon), InlineData(UnixSocketPair.Hocon, AkkaRemotePair.Hocon)]
    public async Task Whoever_sends_hears_of_both_settings_and_of_the_key(string left, string right)
    {
        var pair = new TransportPair(left, right);
        var sink = pair.ReceiveOnTheLeft("mixed");
        pair.SendToTheRight("mixed", new FrameHeader { Kind = FrameKind.Push }, [1]);
        var failure = await sink.NextFailure();
        Assert.Equal(pair.RightAddress, failure.Node);
        foreach (var named in (string[])[pair.LeftAddress, pair.RightAddress, "sockets", "akka-remote", "dtrain.data-plane.transport"])
            Assert.Contains(named, failure.Reason);
        await pair.DisposeAsync();
    }

    [Theory, InlineData(AkkaRemotePair.Hocon, UnixSocketPair.Hocon), InlineData(UnixSocketPair.Hocon, AkkaRemotePair.Hocon)]
    public async Task A_cluster_refuses_a_node_with_another_transport(string first, string second)
    {
        await using var cluster = await TestCluster.Start(1, new NodeOptions { Hocon = first });
        var error = await Assert.ThrowsAsync<NodeStartException>(() => cluster.Add(new NodeOptions { Hocon = second }));
        Assert.Equal(3, error.ExitCode);
        foreach (var named in (string[])[cluster.Nodes[0].Address, cluster.Nodes[1].Address, "sockets", "akka-remote", "dtrain.data-plane.transport"])
            Assert.Contains(named, error.Message);
    }
}
