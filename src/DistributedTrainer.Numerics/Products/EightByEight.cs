using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>Transposes eight rows of eight floats in registers.</summary>
internal static class EightByEight
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Vector256<float> row0,
        ref Vector256<float> row1,
        ref Vector256<float> row2,
        ref Vector256<float> row3,
        ref Vector256<float> row4,
        ref Vector256<float> row5,
        ref Vector256<float> row6,
        ref Vector256<float> row7)
    {
        // Pairs of rows, then pairs of pairs within each 128-bit half, then the halves.
        var low01 = Avx.UnpackLow(row0, row1);
        var high01 = Avx.UnpackHigh(row0, row1);
        var low23 = Avx.UnpackLow(row2, row3);
        var high23 = Avx.UnpackHigh(row2, row3);
        var low45 = Avx.UnpackLow(row4, row5);
        var high45 = Avx.UnpackHigh(row4, row5);
        var low67 = Avx.UnpackLow(row6, row7);
        var high67 = Avx.UnpackHigh(row6, row7);
        var quad0 = Avx.Shuffle(low01, low23, 0b01_00_01_00);
        var quad1 = Avx.Shuffle(low01, low23, 0b11_10_11_10);
        var quad2 = Avx.Shuffle(high01, high23, 0b01_00_01_00);
        var quad3 = Avx.Shuffle(high01, high23, 0b11_10_11_10);
        var quad4 = Avx.Shuffle(low45, low67, 0b01_00_01_00);
        var quad5 = Avx.Shuffle(low45, low67, 0b11_10_11_10);
        var quad6 = Avx.Shuffle(high45, high67, 0b01_00_01_00);
        var quad7 = Avx.Shuffle(high45, high67, 0b11_10_11_10);
        row0 = Avx.Permute2x128(quad0, quad4, 0x20);
        row1 = Avx.Permute2x128(quad1, quad5, 0x20);
        row2 = Avx.Permute2x128(quad2, quad6, 0x20);
        row3 = Avx.Permute2x128(quad3, quad7, 0x20);
        row4 = Avx.Permute2x128(quad0, quad4, 0x31);
        row5 = Avx.Permute2x128(quad1, quad5, 0x31);
        row6 = Avx.Permute2x128(quad2, quad6, 0x31);
        row7 = Avx.Permute2x128(quad3, quad7, 0x31);
    }
}
