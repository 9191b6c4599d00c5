namespace DistributedTrainer.Actors;

/// <summary>A frame that waits for its link. It holds the payload's buffer.</summary>
internal readonly record struct OutgoingFrame(ulong Job, FrameHeader Header, TensorSlice Payload, uint Checksum)
{
    public int Bytes => RecordHead.Size + (Payload.Length * sizeof(float));

    /// <summary>Whether this is a newer version of what the other publishes: the other then need not be sent any more.</summary>
    public bool Replaces(in OutgoingFrame other) =>
        Header.Kind == FrameKind.Publish && other.Header.Kind == FrameKind.Publish && Header.Step > other.Header.Step
        && Job == other.Job && Header.Range == other.Header.Range && Header.Piece == other.Header.Piece;
}
