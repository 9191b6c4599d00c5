using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// bfloat16: the upper half of a float32, 8 bits of exponent and 8 of significand. Rounding is to the nearest, ties to even; a NaN stays a
/// NaN, and what is above the largest finite value becomes infinite. All of it is arithmetic of whole numbers, so every vector width
/// gives the same bits.
/// </summary>
public static unsafe class Bfloat16
{
    private const uint Upper = 0xffff_0000;
    private const uint JustBelowHalf = 0x7fff;
    private const uint Quiet = 0x0040_0000;
    private const uint Magnitude = 0x7fff_ffff;
    private const uint Infinity = 0x7f80_0000;

    /// <summary>The nearest bfloat16 as a float32: the definition.</summary>
    public static float Round(float value) => BitConverter.UInt32BitsToSingle(RoundBits(BitConverter.SingleToUInt32Bits(value)));

    /// <summary>Rounds n values; <paramref name="destination"/> may be <paramref name="source"/>.</summary>
    public static void Round(float* source, float* destination, int n) => Elementwise.Map(default(RoundFormula), source, destination, n);

    internal static void Round(float* source, float* destination, int n, VectorWidth width) =>
        Elementwise.Map(default(RoundFormula), source, destination, n, width);

    /// <summary>Rounds n values to two bytes each.</summary>
    public static void Pack(float* source, ushort* destination, int n)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= n - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                var low = RoundBits(Unsafe.ReadUnaligned<Vector<uint>>(source + i));
                var high = RoundBits(Unsafe.ReadUnaligned<Vector<uint>>(source + i + Vector<uint>.Count));
                Unsafe.WriteUnaligned(destination + i, Vector.Narrow(low >> 16, high >> 16));
            }
        }

        for (; i < n; i++)
            destination[i] = (ushort)(RoundBits(BitConverter.SingleToUInt32Bits(source[i])) >> 16);
    }

    /// <summary>n values of two bytes each as float32; exact.</summary>
    public static void Unpack(ushort* source, float* destination, int n)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= n - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + i), out var low, out var high);
                Unsafe.WriteUnaligned(destination + i, low << 16);
                Unsafe.WriteUnaligned(destination + i + Vector<uint>.Count, high << 16);
            }
        }

        for (; i < n; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static uint RoundBits(uint bits) => (bits & Magnitude) > Infinity
        ? (bits | Quiet) & Upper
        : (bits + JustBelowHalf + (bits >> 16 & 1)) & Upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> RoundBits(Vector<uint> bits)
    {
        var rounded = bits + new Vector<uint>(JustBelowHalf) + (bits >> 16 & Vector<uint>.One);
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(Magnitude), new Vector<uint>(Infinity));
        return Vector.ConditionalSelect(isNaN, bits | new Vector<uint>(Quiet), rounded) & new Vector<uint>(Upper);
    }

    private readonly struct RoundFormula : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
        {
            var odd = TVector.And(TVector.ShiftRightLogicalBits(x, 16), TVector.BroadcastBits(1));
            var rounded = TVector.AddBits(TVector.AddBits(x, TVector.BroadcastBits((int)JustBelowHalf)), odd);
            var quiet = TVector.Or(x, TVector.BroadcastBits((int)Quiet));
            return TVector.And(TVector.Select(TVector.Equal(x, x), rounded, quiet), TVector.BroadcastBits(unchecked((int)Upper)));
        }
    }
}
