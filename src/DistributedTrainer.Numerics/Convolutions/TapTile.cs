using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>The register tile of the weight gradient: six taps by two vectors of filters, whose chains run over pixels and are carried from image to image.</summary>
internal static unsafe class TapTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Taps of a tile.</summary>
    public const int Taps = 6;

    /// <param name="height">Rows of output pixels.</param>
    /// <param name="width">Output pixels of a row: a step of the chains each.</param>
    /// <param name="skip">Floats of the planes between two rows.</param>
    /// <param name="image">Planes: the pixel at q of them reads image[offset + q] of each tap.</param>
    /// <param name="offsets">(6) of the tile's taps.</param>
    /// <param name="gradient">Packed panel, (height · width, 2 vectors of filters).</param>
    /// <param name="sums">(6, 2 vectors): where the chains stand, before and after.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int height, int width, int skip, float* image, int* offsets, float* gradient, float* sums)
    {
        var columns = RegisterTile<TVector>.Columns;
        float* a0 = image + offsets[0], a1 = image + offsets[1], a2 = image + offsets[2];
        float* a3 = image + offsets[3], a4 = image + offsets[4], a5 = image + offsets[5];
        RegisterTile<TVector>.Load(sums, out var c00, out var c01);
        RegisterTile<TVector>.Load(sums + columns, out var c10, out var c11);
        RegisterTile<TVector>.Load(sums + 2 * columns, out var c20, out var c21);
        RegisterTile<TVector>.Load(sums + 3 * columns, out var c30, out var c31);
        RegisterTile<TVector>.Load(sums + 4 * columns, out var c40, out var c41);
        RegisterTile<TVector>.Load(sums + 5 * columns, out var c50, out var c51);
        nint q = 0;
        for (; height > 0; height--)
        {
            for (var end = q + width; q < end; q++)
            {
                var b0 = TVector.Load(gradient);
                var b1 = TVector.Load(gradient + TVector.Count);
                gradient += columns;
                var left = TVector.Broadcast(a0[q]);
                c00 = TVector.FusedMultiplyAdd(left, b0, c00);
                c01 = TVector.FusedMultiplyAdd(left, b1, c01);
                left = TVector.Broadcast(a1[q]);
                c10 = TVector.FusedMultiplyAdd(left, b0, c10);
                c11 = TVector.FusedMultiplyAdd(left, b1, c11);
                left = TVector.Broadcast(a2[q]);
                c20 = TVector.FusedMultiplyAdd(left, b0, c20);
                c21 = TVector.FusedMultiplyAdd(left, b1, c21);
                left = TVector.Broadcast(a3[q]);
                c30 = TVector.FusedMultiplyAdd(left, b0, c30);
                c31 = TVector.FusedMultiplyAdd(left, b1, c31);
                left = TVector.Broadcast(a4[q]);
                c40 = TVector.FusedMultiplyAdd(left, b0, c40);
                c41 = TVector.FusedMultiplyAdd(left, b1, c41);
                left = TVector.Broadcast(a5[q]);
                c50 = TVector.FusedMultiplyAdd(left, b0, c50);
                c51 = TVector.FusedMultiplyAdd(left, b1, c51);
            }

            q += skip;
        }

        RegisterTile<TVector>.Store(sums, c00, c01);
        RegisterTile<TVector>.Store(sums + columns, c10, c11);
        RegisterTile<TVector>.Store(sums + 2 * columns, c20, c21);
        RegisterTile<TVector>.Store(sums + 3 * columns, c30, c31);
        RegisterTile<TVector>.Store(sums + 4 * columns, c40, c41);
        RegisterTile<TVector>.Store(sums + 5 * columns, c50, c51);
    }
}
