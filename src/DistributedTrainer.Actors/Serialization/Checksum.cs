using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors;

/// <summary>
/// CRC-32C (Castagnoli), as in iSCSI, RFC 3720: finds bytes that were damaged, not bytes that were forged. The processor's instruction
/// takes three cycles and can begin one a cycle, so long inputs are three streams side by side, put together by the linearity of the code:
/// the checksum of a stream followed by n zeros is a product with a matrix that depends on n alone (as in M. Adler's crc32c.c).
/// </summary>
internal static class Checksum
{
    /// <summary>Bytes of one of three streams; the shorter ones serve what is left.</summary>
    private const int Long = 4096;
    private const int Short = 256;

    private static readonly uint[] AcrossLong = Shift(Long);
    private static readonly uint[] AcrossShort = Shift(Short);

    public static uint Of(ReadOnlySpan<byte> bytes) => Continue(0, bytes);

    /// <summary>The checksum of what has been seen so far, followed by these bytes.</summary>
    public static uint Continue(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var state = ~checksum;
        for (; bytes.Length >= 3 * Long; bytes = bytes[(3 * Long)..])
            state = ThreeStreams(state, bytes, Long, AcrossLong);
        for (; bytes.Length >= 3 * Short; bytes = bytes[(3 * Short)..])
            state = ThreeStreams(state, bytes, Short, AcrossShort);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, MemoryMarshal.Read<ulong>(bytes));
        foreach (var value in bytes)
            state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    private static uint ThreeStreams(uint state, ReadOnlySpan<byte> bytes, int stride, uint[] across)
    {
        uint second = 0, third = 0;
        ref var at = ref MemoryMarshal.GetReference(bytes);
        for (var offset = 0; offset < stride; offset += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset)));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, stride + offset)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, (2 * stride) + offset)));
        }

        return Apply(across, Apply(across, state) ^ second) ^ third;
    }

    private static uint Apply(uint[] across, uint state) =>
        across[state & 255] ^ across[256 + ((state >> 8) & 255)] ^ across[512 + ((state >> 16) & 255)] ^ across[768 + (state >> 24)];

    /// <summary>What a state becomes when zeros follow, a table of 256 entries for each of its bytes.</summary>
    private static uint[] Shift(int zeros)
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var done = 0; done < zeros; done += sizeof(ulong))
                state = BitOperations.Crc32C(state, 0ul);
            for (var value = 0; value < 256; value++)
            {
                if ((value >> (bit % 8) & 1) != 0)
                    table[(bit / 8 * 256) + value] ^= state;
            }
        }

        return table;
    }
}
