using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace DistributedTrainer.Actors;

/// <summary>Writes tensor chunks and their acknowledgements as raw bytes: no object graph, one copy of the payload.</summary>
public sealed class TensorChunkSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string ChunkManifest = "c";
    private const string AcknowledgeManifest = "a";
    private const int MaxNameBytes = 1024;

    public override int Identifier => 4102;

    public override string Manifest(object o) => o is TensorChunk ? ChunkManifest : AcknowledgeManifest;

    public override byte[] ToBinary(object obj) => obj switch
    {
        TensorChunk chunk => Write(chunk),
        ChunkAcknowledged acknowledged => Write(acknowledged),
        _ => throw new ArgumentException($"{nameof(TensorChunkSerializer)} does not know {obj.GetType()}."),
    };

    /// <exception cref="SerializationException">The bytes are not a chunk.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return manifest == ChunkManifest ? ReadChunk(bytes) : ReadAcknowledged(bytes);
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException)
        {
            throw new SerializationException($"A tensor chunk of {bytes.Length} bytes is malformed.", error);
        }
    }

    private static byte[] Write(TensorChunk chunk)
    {
        var sender = Encoding.UTF8.GetByteCount(chunk.Sender);
        var job = Encoding.UTF8.GetByteCount(chunk.JobId);
        var bytes = new byte[2 + sender + 2 + job + 16 + FrameHeader.Size + chunk.Payload.Length];
        var rest = WriteName(bytes, chunk.Sender, sender);
        rest = WriteName(rest, chunk.JobId, job);
        BinaryPrimitives.WriteInt64LittleEndian(rest, chunk.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], chunk.FrameLength);
        BinaryPrimitives.WriteInt32LittleEndian(rest[12..], chunk.Offset);
        chunk.Header.Write(rest[16..]);
        chunk.Payload.Span.CopyTo(rest[(16 + FrameHeader.Size)..]);
        return bytes;
    }

    private static byte[] Write(ChunkAcknowledged acknowledged)
    {
        var receiver = Encoding.UTF8.GetByteCount(acknowledged.Receiver);
        var bytes = new byte[2 + receiver + 8];
        BinaryPrimitives.WriteInt64LittleEndian(WriteName(bytes, acknowledged.Receiver, receiver), acknowledged.Sequence);
        return bytes;
    }

    private static Span<byte> WriteName(Span<byte> bytes, string name, int length)
    {
        if (length > MaxNameBytes)
            throw new ArgumentException($"A name of {length} bytes is longer than {MaxNameBytes}.");
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)length);
        Encoding.UTF8.GetBytes(name, bytes[2..]);
        return bytes[(2 + length)..];
    }

    private static TensorChunk ReadChunk(byte[] bytes)
    {
        var at = 0;
        var sender = ReadName(bytes, ref at);
        var job = ReadName(bytes, ref at);
        var rest = bytes.AsSpan(at);
        var header = FrameHeader.Read(rest.Slice(16, FrameHeader.Size));
        return new TensorChunk(
            sender,
            job,
            BinaryPrimitives.ReadInt64LittleEndian(rest),
            header,
            BinaryPrimitives.ReadInt32LittleEndian(rest[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(rest[12..]),
            bytes.AsMemory(at + 16 + FrameHeader.Size));
    }

    private static ChunkAcknowledged ReadAcknowledged(byte[] bytes)
    {
        var at = 0;
        var receiver = ReadName(bytes, ref at);
        return new ChunkAcknowledged(receiver, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)));
    }

    private static string ReadName(byte[] bytes, ref int at)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
        if (length > MaxNameBytes)
            throw new ArgumentException($"A name of {length} bytes is longer than {MaxNameBytes}.");
        var name = Encoding.UTF8.GetString(bytes.AsSpan(at + 2, length));
        at += 2 + length;
        return name;
    }
}
