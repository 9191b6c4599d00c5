using Akka.Actor;
using Akka.Configuration;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A node's data plane over sockets, with nobody to talk to yet.</summary>
public sealed class SocketNode : IAsyncDisposable
{
    private readonly ActorSystem _system;

    public SocketNode(string settings = "")
    {
        _system = ActorSystem.Create(NodeSystem.Name, ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = remote
            akka.loglevel = OFF
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            dtrain.data-plane { {{settings}} }
            """).WithFallback(NodeSystem.Shipped("node.conf")));
        Plane = DataPlane.Of(_system);
        Transport = (SocketTransport)Plane.Transport;
    }

    public ActorSystem System => _system;

    public DataPlane Plane { get; }

    internal SocketTransport Transport { get; }

    internal FrameSink Receive(string jobId)
    {
        var sink = new FrameSink();
        Transport.Register(jobId, sink);
        return sink;
    }

    internal void Send(string node, string jobId, in FrameHeader header, params float[] values) =>
        Transport.SendValues(Plane.Pool, node, jobId, header, values);

    public async ValueTask DisposeAsync() => await _system.Terminate().WaitAsync(Wait.Bound);
}
