using System.Buffers.Binary;
using BigGustave;

namespace DistributedTrainer.Data;

/// <summary>One PNG file (ISO/IEC 15948), 8 bits a channel: what its header says, and its pixels.</summary>
/// <param name="Color">Grayscale where the file has no colours.</param>
internal sealed record PngImage(string Path, byte[] Bytes, int Width, int Height, ImageColor Color)
{
    /// <summary>The largest width and height.</summary>
    public const int SideMax = 4096;

    /// <summary>The largest file, in bytes.</summary>
    public const int FileMax = 64 << 20;

    private const int HeaderLength = 26;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R'];

    /// <summary>Reads the file and checks its header; pixels are decoded later.</summary>
    /// <exception cref="DataException">Not a PNG, or one of a kind or size that is not taken.</exception>
    public static PngImage Open(string path)
    {
        using var file = DataFile.OpenRead(path);
        if (file.Length > FileMax)
            throw new DataException($"{path}: {file.Length:N0} bytes; an image may have {FileMax:N0}.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        if (bytes.Length < HeaderLength || !bytes.AsSpan().StartsWith(Signature))
            throw new DataException($"{path}: not a PNG file. Images are PNG files of 8 bits a channel, in a folder for each class.");
        var width = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(16));
        var height = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(20));
        if (width is 0 or > SideMax || height is 0 or > SideMax)
            throw new DataException($"{path}: {height:N0} by {width:N0} pixels; a side may have 1 to {SideMax:N0}.");
        if (bytes[24] != 8)
            throw new DataException($"{path}: {bytes[24]} bits a channel; 8 are needed. Save it again with 8.");
        if (bytes[25] is not (0 or 2 or 3 or 4 or 6))
            throw new DataException($"{path}: colour type {bytes[25]}; PNG has 0, 2, 3, 4 and 6. The file is damaged.");
        // Colour types 0 and 4 are grey, without and with alpha; 2, 3 and 6 are red, green and blue, 3 by a palette.
        return new PngImage(path, bytes, (int)width, (int)height, bytes[25] is 0 or 4 ? ImageColor.Grayscale : ImageColor.Rgb);
    }

    /// <summary>Writes the pixels: (height, width) or (3, height, width) bytes.</summary>
    /// <param name="color">Grey from colours is (299 R + 587 G + 114 B + 500) / 1000, in whole numbers (ITU-R BT.601).</param>
    /// <exception cref="DataException">Damaged, or transparent somewhere.</exception>
    public void Decode(ImageColor color, Span<byte> pixels)
    {
        var png = OpenPixels();
        var plane = Width * Height;
        for (var at = 0; at < plane; at++)
        {
            var pixel = png.GetPixel(at % Width, at / Width);
            if (pixel.A != byte.MaxValue)
                throw new DataException($"{Path}: transparent at row {at / Width}, column {at % Width}; images have no alpha channel here. Save it without one.");
            if (color == ImageColor.Grayscale)
            {
                pixels[at] = Color == ImageColor.Grayscale ? pixel.R : (byte)((299 * pixel.R + 587 * pixel.G + 114 * pixel.B + 500) / 1000);
                continue;
            }

            (pixels[at], pixels[plane + at], pixels[2 * plane + at]) = (pixel.R, pixel.G, pixel.B);
        }
    }

    private Png OpenPixels()
    {
        try
        {
            PngChunks.Check(Bytes, Width, Height);
            var png = Png.Open(new MemoryStream(Bytes, writable: false));
            _ = png.GetPixel(Width - 1, Height - 1);
            return png;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The decoder tells damage by exceptions of many kinds.
            throw new DataException($"{Path}: damaged PNG file: {error.Message}", error);
        }
    }
}
