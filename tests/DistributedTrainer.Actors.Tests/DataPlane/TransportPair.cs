using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Two actor systems in this process with a data plane each, connected by real sockets.</summary>
public class TransportPair : IAsyncLifetime
{
    private readonly ActorSystem _left;
    private readonly ActorSystem _right;

    /// <param name="left">HOCON of the left one.</param>
    public TransportPair(string left, string right)
        : this(Start(left), Start(right))
    {
    }

    /// <param name="hocon">Of both.</param>
    /// <param name="setups">What both are started with besides.</param>
    public TransportPair(string hocon, Setup[] setups)
        : this(Start(hocon, setups), Start(hocon, setups))
    {
    }

    private TransportPair(ActorSystem left, ActorSystem right)
    {
        (_left, _right) = (left, right);
        (LeftAddress, RightAddress) = (AddressOf(_left), AddressOf(_right));
        (LeftPlane, RightPlane) = (DataPlane.Of(_left), DataPlane.Of(_right));
    }

    public string LeftAddress { get; }

    public string RightAddress { get; }

    public ITensorTransport Left => LeftPlane.Transport;

    public ITensorTransport Right => RightPlane.Transport;

    public DataPlane LeftPlane { get; }

    public DataPlane RightPlane { get; }

    public ActorSystem LeftSystem => _left;

    public ActorSystem RightSystem => _right;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Task.WhenAll(_left.Terminate(), _right.Terminate()).WaitAsync(Wait.Bound);

    /// <summary>Registers a receiver for a job on the right.</summary>
    internal FrameSink ReceiveOnTheRight(string jobId)
    {
        var sink = new FrameSink();
        Right.Register(jobId, sink);
        return sink;
    }

    internal FrameSink ReceiveOnTheLeft(string jobId)
    {
        var sink = new FrameSink();
        Left.Register(jobId, sink);
        return sink;
    }

    internal void SendToTheRight(string jobId, in FrameHeader header, float[] values) => Left.SendValues(LeftPlane.Pool, RightAddress, jobId, header, values);

    internal void SendToTheLeft(string jobId, in FrameHeader header, float[] values) => Right.SendValues(RightPlane.Pool, LeftAddress, jobId, header, values);

    /// <summary>Ends the left system, as a node does that leaves.</summary>
    internal Task StopLeft() => _left.Terminate().WaitAsync(Wait.Bound);

    private static ActorSystem Start(string hocon, params Setup[] setups) => ActorSystem.Create(NodeSystem.Name, ActorSystemSetup.Create(
    [
        BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = remote
            akka.loglevel = OFF
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            {{hocon}}
            """).WithFallback(NodeSystem.Shipped("node.conf"))),
        .. setups,
    ]));

    private static string AddressOf(ActorSystem system)
    {
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        return $"{address.Host}:{address.Port}";
    }
}
