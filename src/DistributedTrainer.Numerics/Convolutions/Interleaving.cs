using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>Images, or other rows, (images, length) to (length, lanes) and back, for vectors of 8 or 16 lanes.</summary>
internal static unsafe class Interleaving<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>At most as many images as lanes; what the other lanes hold is of no matter.</summary>
    public static void Gather(int images, int length, float* from, float* to)
    {
        if (TVector.Count == 16)
            RightPacking<Lanes8>.PackColumns(length, images, from, length, to);
        else
            RightPacking<Lanes4>.PackColumns(length, images, from, length, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(int images, int length, float* from, float* to)
    {
        if (!Avx.IsSupported || length < 8)
        {
            for (var image = 0; image < images; image++)
            {
                for (var i = 0; i < length; i++)
                    to[(long)image * length + i] = from[(long)i * TVector.Count + image];
            }

            return;
        }

        for (var image = 0; image < images; image += 8)
        {
            // The last block begins where it ends with the images; what it has in common with the one before is written twice.
            for (var i = 0; i < length; i += 8)
            {
                var at = Math.Min(i, length - 8);
                ScatterEight(Math.Min(8, images - image), length, from + (long)at * TVector.Count + image, to + (long)image * length + at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScatterEight(int images, long length, float* from, float* to)
    {
        var row0 = Vector256.Load(from);
        var row1 = Vector256.Load(from + TVector.Count);
        var row2 = Vector256.Load(from + 2 * TVector.Count);
        var row3 = Vector256.Load(from + 3 * TVector.Count);
        var row4 = Vector256.Load(from + 4 * TVector.Count);
        var row5 = Vector256.Load(from + 5 * TVector.Count);
        var row6 = Vector256.Load(from + 6 * TVector.Count);
        var row7 = Vector256.Load(from + 7 * TVector.Count);
        EightByEight.Transpose(ref row0, ref row1, ref row2, ref row3, ref row4, ref row5, ref row6, ref row7);
        row0.Store(to);
        if (images > 1)
            row1.Store(to + length);
        if (images > 2)
            row2.Store(to + 2 * length);
        if (images > 3)
            row3.Store(to + 3 * length);
        if (images > 4)
            row4.Store(to + 4 * length);
        if (images > 5)
            row5.Store(to + 5 * length);
        if (images > 6)
            row6.Store(to + 6 * length);
        if (images > 7)
            row7.Store(to + 7 * length);
    }
}
