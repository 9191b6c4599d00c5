using Akka.Actor;
using Akka.Configuration;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Two actor systems in this process with a data plane each, connected by real sockets.</summary>
public sealed class TransportPair : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ActorSystem _left = Start();
    private readonly ActorSystem _right = Start();

    public TransportPair()
    {
        (LeftAddress, RightAddress) = (AddressOf(_left), AddressOf(_right));
        Left = new AkkaRemoteTransport(_left, LeftAddress);
        Right = new AkkaRemoteTransport(_right, RightAddress);
    }

    public string LeftAddress { get; }

    public string RightAddress { get; }

    public AkkaRemoteTransport Left { get; }

    public AkkaRemoteTransport Right { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Task.WhenAll(_left.Terminate(), _right.Terminate()).WaitAsync(Bound);

    /// <summary>Registers a receiver for a job on the right.</summary>
    internal FrameSink ReceiveOnTheRight(string jobId)
    {
        var sink = new FrameSink();
        Right.Register(jobId, sink);
        return sink;
    }

    /// <summary>Sends a chunk from the left past its link, as a repeating or broken link would, and awaits the answer.</summary>
    internal Task<ChunkAcknowledged> SendChunk(TensorChunk chunk) => _left
        .ActorSelection($"akka.tcp://{NodeSystem.Name}@{RightAddress}/user/{TensorReceiverActor.Name}")
        .Ask<ChunkAcknowledged>(chunk, Bound);

    private static ActorSystem Start() => ActorSystem.Create(NodeSystem.Name, ConfigurationFactory.ParseString(
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """).WithFallback(NodeSystem.Shipped("node.conf")));

    private static string AddressOf(ActorSystem system)
    {
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        return $"{address.Host}:{address.Port}";
    }
}
