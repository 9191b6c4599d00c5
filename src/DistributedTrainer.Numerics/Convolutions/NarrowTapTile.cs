using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The register tile of the weight gradient where all filters fit one vector: eight taps by one vector, since half of
/// <see cref="TapTile{TVector}"/>'s work would be for nobody.
/// </summary>
internal static unsafe class NarrowTapTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Taps of a tile: chains enough to cover the multipliers' latency.</summary>
    public const int Taps = 8;

    /// <param name="height">Rows of output pixels.</param>
    /// <param name="width">Output pixels of a row: a step of the chains each.</param>
    /// <param name="skip">Floats of the planes between two rows.</param>
    /// <param name="image">Planes: the pixel at q of them reads image[offset + q] of each tap.</param>
    /// <param name="offsets">(8) of the tile's taps.</param>
    /// <param name="gradient">Packed panel, (height · width, 1 vector of filters).</param>
    /// <param name="sums">(8, 1 vector): where the chains stand, before and after.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int height, int width, int skip, float* image, int* offsets, float* gradient, float* sums)
    {
        float* a0 = image + offsets[0], a1 = image + offsets[1], a2 = image + offsets[2], a3 = image + offsets[3];
        float* a4 = image + offsets[4], a5 = image + offsets[5], a6 = image + offsets[6], a7 = image + offsets[7];
        var c0 = TVector.Load(sums);
        var c1 = TVector.Load(sums + TVector.Count);
        var c2 = TVector.Load(sums + 2 * TVector.Count);
        var c3 = TVector.Load(sums + 3 * TVector.Count);
        var c4 = TVector.Load(sums + 4 * TVector.Count);
        var c5 = TVector.Load(sums + 5 * TVector.Count);
        var c6 = TVector.Load(sums + 6 * TVector.Count);
        var c7 = TVector.Load(sums + 7 * TVector.Count);
        nint q = 0;
        for (; height > 0; height--)
        {
            for (var end = q + width; q < end; q++)
            {
                var b = TVector.Load(gradient);
                gradient += TVector.Count;
                c0 = TVector.FusedMultiplyAdd(TVector.Broadcast(a0[q]), b, c0);
                c1 = TVector.FusedMultiplyAdd(TVector.Broadcast(a1[q]), b, c1);
                c2 = TVector.FusedMultiplyAdd(TVector.Broadcast(a2[q]), b, c2);
                c3 = TVector.FusedMultiplyAdd(TVector.Broadcast(a3[q]), b, c3);
                c4 = TVector.FusedMultiplyAdd(TVector.Broadcast(a4[q]), b, c4);
                c5 = TVector.FusedMultiplyAdd(TVector.Broadcast(a5[q]), b, c5);
                c6 = TVector.FusedMultiplyAdd(TVector.Broadcast(a6[q]), b, c6);
                c7 = TVector.FusedMultiplyAdd(TVector.Broadcast(a7[q]), b, c7);
            }

            q += skip;
        }

        TVector.Store(c0, sums);
        TVector.Store(c1, sums + TVector.Count);
        TVector.Store(c2, sums + 2 * TVector.Count);
        TVector.Store(c3, sums + 3 * TVector.Count);
        TVector.Store(c4, sums + 4 * TVector.Count);
        TVector.Store(c5, sums + 5 * TVector.Count);
        TVector.Store(c6, sums + 6 * TVector.Count);
        TVector.Store(c7, sums + 7 * TVector.Count);
    }
}
