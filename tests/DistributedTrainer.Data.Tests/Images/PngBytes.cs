using System.Buffers.Binary;
using System.IO.Compression;

namespace DistributedTrainer.Data.Tests;

/// <summary>Writes PNG files byte by byte, from the format's description (ISO/IEC 15948).</summary>
internal static class PngBytes
{
    public const byte Grey = 0;
    public const byte Colour = 2;
    public const byte Palette = 3;
    public const byte ColourAlpha = 6;

    /// <param name="pixels">Rows of bytes, as the colour type has them.</param>
    /// <param name="palette">Triples of bytes for <see cref="Palette"/>.</param>
    public static byte[] Of(int width, int height, byte colourType, byte[] pixels, byte[]? palette = null, byte bits = 8)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, colourType);
        var stride = pixels.Length / height;
        var rows = Enumerable.Range(0, height).SelectMany(row => (byte[])[0, .. pixels[(row * stride)..((row + 1) * stride)]]).ToArray();
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. palette is null ? [] : Chunk("PLTE"u8, palette), .. Chunk("IDAT"u8, Packed(rows)),
            .. Chunk("IEND"u8, []),
        ];
    }

    public static byte[] GreyOf(int width, int height, Func<int, byte> pixel) => Of(width, height, Grey, [.. Enumerable.Range(0, width * height).Select(pixel)]);

    private static byte[] Packed(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
            zlib.Write(rows);
        return packed.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        byte[] named = [.. name, .. content];
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc(named));
        return [.. length, .. named, .. sum];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
        }

        return ~crc;
    }
}
