using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>The data plane of a node without a cluster: nothing ever leaves the process.</summary>
public sealed class NoTransport : ITensorTransport
{
    public long BytesSent => 0;

    public long BytesReceived => 0;

    public long FramesDropped => 0;

    public bool IsFlushed => true;

    public void Send(string node, string jobId, in FrameHeader header, ReadOnlySpan<byte> payload) =>
        throw new InvalidOperationException($"A node without a cluster was asked to send a {header.Kind} frame to {node}.");

    public void Register(string jobId, IActorRef receiver)
    {
    }

    public void Unregister(string jobId)
    {
    }
}
