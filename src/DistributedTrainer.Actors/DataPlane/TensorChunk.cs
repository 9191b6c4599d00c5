namespace DistributedTrainer.Actors;

/// <summary>A piece of a frame on its way over Akka.Remote, serialized as raw bytes by <see cref="TensorChunkSerializer"/>.</summary>
/// <param name="Sender">Address of the sending node.</param>
/// <param name="Sequence">Counts a link's chunks from 0.</param>
/// <param name="FrameLength">Bytes of the whole frame's payload.</param>
/// <param name="Offset">Where this piece belongs in it.</param>
public sealed record TensorChunk(
    string Sender, string JobId, long Sequence, FrameHeader Header, int FrameLength, int Offset, ReadOnlyMemory<byte> Payload);

/// <summary>The receiver has all chunks of the link up to this one.</summary>
public sealed record ChunkAcknowledged(string Receiver, long Sequence);
