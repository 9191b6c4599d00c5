using System.Buffers.Binary;
using System.Text;

namespace DistributedTrainer.Data.Tests;

/// <summary>Writes array files byte by byte, from the formats' descriptions.</summary>
internal static class ArrayBytes
{
    public static byte[] Idx(byte type, int[] shape, params byte[] elements)
    {
        var header = new byte[4 + 4 * shape.Length];
        (header[2], header[3]) = (type, (byte)shape.Length);
        for (var axis = 0; axis < shape.Length; axis++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * axis), shape[axis]);
        return [.. header, .. elements];
    }

    public static byte[] Npy(string descr, string shape, byte[] elements, byte major = 1, string fortranOrder = "False")
    {
        var text = $"{{'descr': '{descr}', 'fortran_order': {fortranOrder}, 'shape': {shape}, }}";
        var prefix = major == 1 ? 10 : 12;
        var padded = text.PadRight((prefix + text.Length + 64) / 64 * 64 - prefix - 1) + "\n";
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, padded.Length);
        return [0x93, .. "NUMPY"u8, major, 0, .. length[..(prefix - 8)], .. Encoding.ASCII.GetBytes(padded), .. elements];
    }

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
