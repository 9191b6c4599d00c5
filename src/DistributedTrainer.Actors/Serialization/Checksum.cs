using System.Buffers.Binary;
using System.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>CRC-32C (Castagnoli), as in iSCSI, RFC 3720: finds bytes that were damaged, not bytes that were forged.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
