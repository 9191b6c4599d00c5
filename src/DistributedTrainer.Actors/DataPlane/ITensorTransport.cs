namespace DistributedTrainer.Actors;

/// <summary>
/// The data plane: moves tensors between nodes. Frames to one node arrive in the order in which they were sent, each once, or the
/// link is reported as failed. Frames between a node's own actors never come here: those pass buffers by reference.
/// </summary>
public interface ITensorTransport
{
    /// <summary>
    /// Sends a frame; never waits. The transport holds the payload's buffer for as long as it needs it, beside the caller's own hold: what
    /// the slice covers must not change before the buffer is back in its pool. Safe from any thread.
    /// </summary>
    void Send(string node, string jobId, in FrameHeader header, TensorSlice payload);

    /// <summary>From now on the job's frames go to this receiver; those of other jobs are dropped and counted.</summary>
    void Register(string jobId, IFrameReceiver receiver);

    void Unregister(string jobId);

    TransportCounters Counters { get; }

    /// <summary>Whether every frame sent so far has been acknowledged.</summary>
    bool IsFlushed { get; }
}
