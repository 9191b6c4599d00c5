using System.Buffers.Binary;

namespace DistributedTrainer.Actors;

internal enum RecordType : byte
{
    /// <summary>A frame of a job; its payload follows.</summary>
    Frame = 1,

    /// <summary>Says that the sender lives, and what it has received.</summary>
    KeepAlive = 2,

    /// <summary>The sender leaves; nothing follows, and that the connection closes is no failure.</summary>
    Goodbye = 3,
}

/// <summary>
/// The first 128 bytes of everything on a connection, little-endian: checksum of the rest of the head (4), mark (2), type (1), zero (1),
/// bytes of payload (4), checksum of the payload (4), frames received so far (8), job (8), frame header (96).
/// </summary>
/// <param name="Acknowledged">How many frames its sender has taken from this connection so far.</param>
/// <param name="Job">See <see cref="JobKey"/>.</param>
internal readonly record struct RecordHead(
    RecordType Type, int PayloadBytes, uint PayloadChecksum, long Acknowledged, ulong Job, FrameHeader Header)
{
    public const int Size = 32 + FrameHeader.Size;
    private const ushort Mark = 0x5444;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Mark);
        destination[6] = (byte)Type;
        destination[7] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], PayloadChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Acknowledged);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Job);
        Header.Write(destination[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Checksum.Of(destination[4..Size]));
    }

    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <param name="frameLimit">Bytes that a payload may have.</param>
    /// <returns>Null when it is a head; the mark and the checksum are looked at before any of its numbers is believed.</returns>
    public static DropReason? TryRead(ReadOnlySpan<byte> source, int frameLimit, out RecordHead head)
    {
        head = default;
        if (BinaryPrimitives.ReadUInt16LittleEndian(source[4..]) != Mark)
            return DropReason.Malformed;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Checksum.Of(source[4..Size]))
            return DropReason.BadChecksum;
        head = new RecordHead(
            (RecordType)source[6],
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[24..]),
            FrameHeader.Read(source[32..]));
        return head.Fault(frameLimit);
    }

    private DropReason? Fault(int frameLimit)
    {
        if (Type is not (RecordType.Frame or RecordType.KeepAlive or RecordType.Goodbye) || PayloadBytes < 0 || PayloadBytes % sizeof(float) != 0)
            return DropReason.Malformed;
        if (Type == RecordType.Frame ? !Enum.IsDefined(Header.Kind) : PayloadBytes != 0)
            return DropReason.Malformed;
        return PayloadBytes > frameLimit ? DropReason.Oversized : null;
    }
}
