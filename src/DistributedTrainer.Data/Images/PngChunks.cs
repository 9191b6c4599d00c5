using System.Buffers.Binary;
using System.IO.Compression;

namespace DistributedTrainer.Data;

/// <summary>
/// Whether a PNG file holds what it claims, before the decoder sees it: that one reserves what a chunk says it has, and inflates whatever
/// the pixels are compressed from, so a file of some kilobytes could take gigabytes.
/// </summary>
internal static class PngChunks
{
    private const int SignatureLength = 8;
    private const int FrameLength = 12; // of a chunk: length, type, checksum
    private const int Adam7Passes = 7;

    private static ReadOnlySpan<byte> Pixels => "IDAT"u8;

    private static ReadOnlySpan<byte> End => "IEND"u8;

    /// <param name="bytes">A file whose signature and first chunk's header were checked.</param>
    /// <exception cref="InvalidDataException">A chunk reaches beyond the file, or the pixels are more than those of its size.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, int width, int height)
    {
        var channels = bytes[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        // A byte more in front of each row; interlaced, a row is in several passes.
        var most = ((long)width * channels + 2) * height + Adam7Passes;
        using var packed = new MemoryStream();
        for (var at = SignatureLength; at < bytes.Length;)
        {
            if (bytes.Length - at < FrameLength)
                throw new InvalidDataException($"it ends within the chunk at byte {at}");
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - FrameLength)
                throw new InvalidDataException($"the chunk at byte {at} claims {length:N0} bytes, and {bytes.Length - at - FrameLength:N0} follow");
            var type = bytes.Slice(at + sizeof(uint), sizeof(uint));
            if (type.SequenceEqual(Pixels))
                packed.Write(bytes.Slice(at + 2 * sizeof(uint), (int)length));
            if (type.SequenceEqual(End))
                break;
            at += FrameLength + (int)length;
        }

        packed.Position = 0;
        using var inflating = new ZLibStream(packed, CompressionMode.Decompress);
        Span<byte> part = stackalloc byte[4096];
        long inflated = 0;
        for (int read; (read = inflating.Read(part)) > 0;)
        {
            inflated += read;
            if (inflated > most)
                throw new InvalidDataException($"it holds more than the {most:N0} bytes that {height} by {width} pixels have");
        }
    }
}
