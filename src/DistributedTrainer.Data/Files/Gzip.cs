using System.Buffers.Binary;
using System.IO.Compression;

namespace DistributedTrainer.Data;

/// <summary>Gzipped files, decompressed whole into memory: the format has no random access.</summary>
internal static class Gzip
{
    /// <summary>
    /// The largest decompressed size taken, in bytes: one .NET array, just under 2 GiB. Plain files are mapped and have no limit.
    /// </summary>
    public static readonly long DecompressedMax = Array.MaxLength;

    /// <summary>
    /// No deflate stream expands by more than 1,032 : 1, so a header that promises more lies, and is refused before memory is taken.
    /// </summary>
    private const long ExpansionMax = 1032;

    public static bool IsGzip(ReadOnlySpan<byte> beginning) => beginning is [0x1f, 0x8b, ..];

    /// <summary>Decompresses a file whose size stands in its own header.</summary>
    /// <param name="path">The gzipped file.</param>
    /// <param name="sizeFromHeader">Given a first piece of the content (up to 64 bytes), the whole content's size in bytes.</param>
    /// <exception cref="DataException">Truncated, damaged, longer than its header says, or above <see cref="DecompressedMax"/>.</exception>
    public static ByteBlock Decompress(string path, Func<byte[], long> sizeFromHeader)
    {
        using var file = DataFile.OpenRead(path);
        using var content = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            var beginning = new byte[64];
            var begun = content.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
            var size = sizeFromHeader(beginning[..begun]);
            if (size > DecompressedMax)
            {
                throw new DataException($"{path}: the content is {size:N0} bytes by its header; gzipped files are decompressed into memory "
                    + $"and may hold {DecompressedMax:N0} at most. Unpack it: plain files are mapped and have no limit.");
            }

            if (size > (file.Length + 1) * ExpansionMax)
            {
                throw new DataException(
                    $"{path}: truncated: {size:N0} bytes of content by its header cannot come from {file.Length:N0} bytes of gzip.");
            }

            var bytes = GC.AllocateUninitializedArray<byte>((int)size, pinned: true);
            var head = Math.Min(begun, bytes.Length);
            beginning.AsSpan(0, head).CopyTo(bytes);
            var read = head + content.ReadAtLeast(bytes.AsSpan(head), bytes.Length - head, throwOnEndOfStream: false);
            if (read < bytes.Length)
                throw new DataException($"{path}: truncated: {read:N0} of {size:N0} bytes of content.");
            if (begun > bytes.Length || content.ReadByte() >= 0)
                throw new DataException($"{path}: more content than the {size:N0} bytes its header says.");
            RequireTrailer(path, file, size);
            return new MemoryBlock(bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{path}: truncated or damaged gzip: {error.Message}", error);
        }
    }

    /// <summary>
    /// A gzip ends with the content's length (RFC 1952). GZipStream checks it, and the checksum before it, but only where they are
    /// there: a file cut inside them would pass unchecked.
    /// </summary>
    private static void RequireTrailer(string path, FileStream file, long size)
    {
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        file.Seek(-trailer.Length, SeekOrigin.End);
        file.ReadExactly(trailer);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (length != (uint)size)
        {
            throw new DataException($"{path}: truncated: the gzip's last four bytes say {length:N0} bytes of content "
                + $"where there are {size:N0}. (Or it is several gzips in a row: pack it as one.)");
        }
    }
}
