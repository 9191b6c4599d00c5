using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// The data plane: moves tensors between nodes. Frames to one node arrive in the order in which they were sent, each once, or the
/// link is reported as failed. Frames between a node's own actors never come here: those pass buffers by reference.
/// </summary>
public interface ITensorTransport
{
    /// <summary>Sends a frame; the payload may be overwritten once this returns. Safe from any thread.</summary>
    void Send(string node, string jobId, in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>From now on the job's frames go to this actor as <see cref="FrameArrived"/>; others are dropped and counted.</summary>
    void Register(string jobId, IActorRef receiver);

    void Unregister(string jobId);

    long BytesSent { get; }

    long BytesReceived { get; }

    /// <summary>Frames that arrived for a job this node does not have open.</summary>
    long FramesDropped { get; }

    /// <summary>Whether every frame sent so far has been acknowledged.</summary>
    bool IsFlushed { get; }
}

/// <summary>A received frame. The receiver releases the buffer.</summary>
/// <param name="Length">Bytes of payload in the buffer.</param>
public sealed record FrameArrived(FrameHeader Header, TensorBuffer Buffer, int Length);

/// <summary>A node could not be reached within the link's bound.</summary>
public sealed record LinkFailed(string Node, string Reason);
