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

    /// <summary>A frame whose payload the receiver reads in the sender's <see cref="SharedArena"/>; nothing follows.</summary>
    SharedFrame = 4,

    /// <summary>The sender has such an arena: <see cref="RecordHead.Offer"/>.</summary>
    Offer = 5,

    /// <summary>The sender can read what the other has offered.</summary>
    OfferTaken = 6,
}

/// <summary>
/// The first 144 bytes of everything on a connection, little-endian: checksum of the rest of the head (4), mark (2), type (1), zero (1),
/// bytes of payload (4), checksum of the payload (4), frames received so far (8), job (8), place in shared memory (16), frame header (96).
/// </summary>
/// <param name="Acknowledged">How many frames its sender has taken from this connection so far.</param>
/// <param name="Job">See <see cref="JobKey"/>.</param>
/// <param name="Place">SharedFrame: where the payload lies. There is no checksum then: it passes through nothing that could change it.</param>
internal readonly record struct RecordHead(
    RecordType Type, int PayloadBytes, uint PayloadChecksum, long Acknowledged, ulong Job, SharedPlace Place, FrameHeader Header)
{
    public const int Size = 48 + FrameHeader.Size;
    private const ushort Mark = 0x5444;

    public SharedOffer Offer => new((int)Place.Offset, Place.Block, Job);

    /// <summary>A record that carries nothing.</summary>
    public static RecordHead Signal(RecordType type, long acknowledged) => new(type, 0, 0, acknowledged, 0, default, default);

    public static RecordHead Of(SharedOffer offer, long acknowledged) =>
        new(RecordType.Offer, 0, 0, acknowledged, offer.Nonce, new SharedPlace(offer.Process, offer.File, 0), default);

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Mark);
        destination[6] = (byte)Type;
        destination[7] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], PayloadChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Acknowledged);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Job);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], Place.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], Place.Block);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[44..], Place.Use);
        Header.Write(destination[48..]);
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
            new SharedPlace(
                BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(source[40..]),
                BinaryPrimitives.ReadUInt32LittleEndian(source[44..])),
            FrameHeader.Read(source[48..]));
        return head.Fault(frameLimit);
    }

    private DropReason? Fault(int frameLimit)
    {
        if (!Enum.IsDefined(Type) || PayloadBytes < 0 || PayloadBytes % sizeof(float) != 0)
            return DropReason.Malformed;
        if (Type is RecordType.Frame or RecordType.SharedFrame ? !Enum.IsDefined(Header.Kind) : PayloadBytes != 0)
            return DropReason.Malformed;
        return PayloadBytes > frameLimit ? DropReason.Oversized : null;
    }
}
