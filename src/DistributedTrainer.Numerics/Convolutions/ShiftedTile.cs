using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The register tile of <see cref="RegisterTile{TVector}"/> with a right operand that is not packed: step k reads two vectors of pixels at
/// its tap's offset.
/// </summary>
internal static unsafe class ShiftedTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <param name="height">Rows of the tile, 4 or 6.</param>
    /// <param name="taps">Steps of the chains.</param>
    /// <param name="a">Packed panel of weights, (taps, height).</param>
    /// <param name="offsets">(taps).</param>
    /// <param name="pixels">The first pixel at offset 0; two vectors from each offset may be read.</param>
    /// <param name="to">Receives (height, 2 vectors).</param>
    /// <param name="stride">Floats between its rows.</param>
    public static void Run(int height, int taps, float* a, int* offsets, float* pixels, float* to, int stride)
    {
        if (height == LeftPacking.PanelRows)
            Run<Rows6>(taps, a, offsets, pixels, to, stride);
        else
            Run<Rows4>(taps, a, offsets, pixels, to, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(int taps, float* a, int* offsets, float* pixels, float* to, int stride)
        where TRows : struct, ITileRows
    {
        TVector c00 = TVector.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
        TVector c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        for (var end = offsets + taps; offsets < end; offsets++)
        {
            RegisterTile<TVector>.Step<TRows>(
                a, pixels + *offsets, pixels + *offsets + TVector.Count,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            a += TRows.Count;
        }

        RegisterTile<TVector>.Store(to, c00, c01);
        RegisterTile<TVector>.Store(to + stride, c10, c11);
        RegisterTile<TVector>.Store(to + 2L * stride, c20, c21);
        RegisterTile<TVector>.Store(to + 3L * stride, c30, c31);
        if (TRows.Count == LeftPacking.PanelRows)
        {
            RegisterTile<TVector>.Store(to + 4L * stride, c40, c41);
            RegisterTile<TVector>.Store(to + 5L * stride, c50, c51);
        }
    }
}
