namespace DistributedTrainer.Actors;

/// <summary>Where a job's frames go. Called on the data plane's threads: nothing here may wait or throw.</summary>
public interface IFrameReceiver
{
    /// <summary>
    /// Whether the job can have such a frame. False: its payload is received into nowhere, and the receiver has counted why.
    /// </summary>
    /// <param name="header">The frame's head, its checksum verified.</param>
    /// <param name="length">Floats of payload that it says it has.</param>
    bool Accepts(in FrameHeader header, int length) => true;

    /// <summary>
    /// Where the payload of a frame that is about to be received belongs, so that it need not be copied later. The buffer is held for the
    /// frame; it comes back with <see cref="Deliver(string, FrameArrived)"/>, or is released when the frame turns out to be damaged.
    /// </summary>
    /// <param name="header">The frame's head, its checksum verified.</param>
    /// <param name="length">Floats of payload.</param>
    /// <returns>No buffer: any pooled one will do.</returns>
    TensorSlice Place(in FrameHeader header, int length);

    void Deliver(FrameArrived frame);

    /// <summary>The same, for those that answer a frame.</summary>
    /// <param name="node">Whose link has brought it.</param>
    void Deliver(string node, FrameArrived frame) => Deliver(frame);

    void Fail(LinkFailed failure);
}

/// <summary>A received frame. The receiver releases the payload.</summary>
public sealed record FrameArrived(FrameHeader Header, TensorSlice Payload);

/// <summary>A node cannot be reached any more, or not within the link's bound.</summary>
public sealed record LinkFailed(string Node, string Reason);
