using Akka.Actor;
using Akka.Cluster;

namespace DistributedTrainer.Actors;

/// <summary>Tells other nodes how the sockets of this one are reached, hears the same of them, and follows who comes and goes.</summary>
internal sealed class SocketPlaneActor : ReceiveActor
{
    private readonly SocketTransport _transport;

    public SocketPlaneActor(SocketTransport transport)
    {
        _transport = transport;
        Receive<string>(Greet);
        // Of a node that moves tensors over Akka.Remote: told which transport this one has, it knows why nothing is acknowledged.
        Receive<TensorChunk>(_ => Sender.Tell(_transport.Advert.Answer()));
        Receive<ClusterEvent.MemberUp>(up => _transport.Meet(NodeSystem.AddressOf(up.Member.Address)));
        Receive<ClusterEvent.MemberRemoved>(removed => _transport.Retire(NodeSystem.AddressOf(removed.Member.Address), removed.Member.UniqueAddress.Uid));
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
    }

    protected override void PreStart()
    {
        if (Context.System.Settings.HasCluster)
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));
    }

    protected override void PostStop() => _transport.Dispose();


    private void Greet(string text)
    {
        if (DataPlaneAdvert.Parse(text, out var isAsking) is not { } advert)
            return;
        if (isAsking)
            Sender.Tell(_transport.Advert.Answer());
        _transport.Learn(advert, isAsking);
    }
}
