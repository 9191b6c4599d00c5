using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The register tile of <see cref="InterleavedKernel"/>: four or six outputs by two pixels, each a vector of images. Taps that a pixel does not have are no
/// steps of its chain.
/// </summary>
internal static unsafe class InterleavedTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <param name="height">Outputs of the tile, 4 or 6.</param>
    /// <param name="walk">The taps.</param>
    /// <param name="a">Weights of the first tap, (taps, height).</param>
    /// <param name="pixels">The first pixel's source at the first tap.</param>
    /// <param name="to">Receives (height, 2 vectors).</param>
    /// <param name="stride">Floats between its rows.</param>
    public static void Run(int height, in InterleavedWalk walk, float* a, float* pixels, float* to, long stride)
    {
        if (height == LeftPacking.PanelRows)
            Run<Rows6>(walk, a, pixels, to, stride);
        else
            Run<Rows4>(walk, a, pixels, to, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(in InterleavedWalk walk, float* a, float* pixels, float* to, long stride)
        where TRows : struct, ITileRows
    {
        TVector c00 = TVector.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
        TVector c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        var (second, tapStep, rowStep, both) = (walk.Second, walk.TapStep, walk.RowStep, walk.Both);
        for (var plane = walk.Planes; plane > 0; plane--)
        {
            float* weights = a, row = pixels;
            for (var left = walk.Rows; left > 0; left--)
            {
                float* w = weights, tap = row;
                if (walk.HasFirst)
                {
                    Single<TRows>(w, tap, ref c00, ref c10, ref c20, ref c30, ref c40, ref c50);
                    w += TRows.Count;
                    tap += tapStep;
                }

                for (var count = both; count > 0; count--)
                {
                    RegisterTile<TVector>.Step<TRows>(
                        w, tap, tap + second,
                        ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
                    w += TRows.Count;
                    tap += tapStep;
                }

                if (walk.HasSecond)
                    Single<TRows>(w, tap + second, ref c01, ref c11, ref c21, ref c31, ref c41, ref c51);
                weights += walk.KernelRow * TRows.Count;
                row += rowStep;
            }

            a += walk.KernelPlane * TRows.Count;
            pixels += walk.PlaneStep;
        }

        RegisterTile<TVector>.Store(to, c00, c01);
        RegisterTile<TVector>.Store(to + stride, c10, c11);
        RegisterTile<TVector>.Store(to + 2 * stride, c20, c21);
        RegisterTile<TVector>.Store(to + 3 * stride, c30, c31);
        if (TRows.Count == LeftPacking.PanelRows)
        {
            RegisterTile<TVector>.Store(to + 4 * stride, c40, c41);
            RegisterTile<TVector>.Store(to + 5 * stride, c50, c51);
        }
    }

    /// <summary>A tap of one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Single<TRows>(
        float* a, float* pixel, ref TVector c0, ref TVector c1, ref TVector c2, ref TVector c3, ref TVector c4, ref TVector c5)
        where TRows : struct, ITileRows
    {
        var b = TVector.Load(pixel);
        c0 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[0]), b, c0);
        c1 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[1]), b, c1);
        c2 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[2]), b, c2);
        c3 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[3]), b, c3);
        if (TRows.Count == LeftPacking.PanelRows)
        {
            c4 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[4]), b, c4);
            c5 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[5]), b, c5);
        }
    }
}
