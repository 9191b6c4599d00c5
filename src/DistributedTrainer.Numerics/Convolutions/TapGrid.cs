using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The register tile of the weight gradient for 512-bit vectors where all filters fit one: fifteen chains and, in a tile that has it, the
/// bias's. A tap's offset is the sum of one by (channel, ky) and one by kx, so fifteen of them are five far offsets by three near
/// ones, and their eight addresses stay in registers.
/// </summary>
internal static unsafe class TapGrid
{
    public const int Far = 5;
    public const int Near = 3;

    /// <summary>Floats of a tile: far by near vectors, then the bias's.</summary>
    public const int Length = (Far * Near + 1) * 16;

    /// <param name="height">Rows of output pixels.</param>
    /// <param name="width">Output pixels of a row.</param>
    /// <param name="skip">Floats of the planes between two rows.</param>
    /// <param name="image">Planes.</param>
    /// <param name="far">(5).</param>
    /// <param name="near">(3).</param>
    /// <param name="gradient">(height · width, filters), as wide as the lanes take it.</param>
    /// <param name="sums">(16, 16 lanes): where the chains stand, before and after.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TBias>(
        int height, int width, int skip, float* image, int* far, int* near, float* gradient, float* sums)
        where TLanes : struct, ITapLanes
        where TBias : struct, IBiasTap
    {
        float* a0 = image + far[0], a1 = image + far[1], a2 = image + far[2], a3 = image + far[3], a4 = image + far[4];
        nint n0 = near[0], n1 = near[1], n2 = near[2];
        var c00 = Vector512.Load(sums);
        var c01 = Vector512.Load(sums + 16);
        var c02 = Vector512.Load(sums + 32);
        var c10 = Vector512.Load(sums + 48);
        var c11 = Vector512.Load(sums + 64);
        var c12 = Vector512.Load(sums + 80);
        var c20 = Vector512.Load(sums + 96);
        var c21 = Vector512.Load(sums + 112);
        var c22 = Vector512.Load(sums + 128);
        var c30 = Vector512.Load(sums + 144);
        var c31 = Vector512.Load(sums + 160);
        var c32 = Vector512.Load(sums + 176);
        var c40 = Vector512.Load(sums + 192);
        var c41 = Vector512.Load(sums + 208);
        var c42 = Vector512.Load(sums + 224);
        var bias = Vector512.Load(sums + 240);
        for (; height > 0; height--)
        {
            for (var left = width; left > 0; left--)
            {
                var g = TLanes.Gradient(gradient);
                gradient += TLanes.Filters;
                c00 = Vector512.FusedMultiplyAdd(TLanes.Tap(a0 + n0), g, c00);
                c01 = Vector512.FusedMultiplyAdd(TLanes.Tap(a0 + n1), g, c01);
                c02 = Vector512.FusedMultiplyAdd(TLanes.Tap(a0 + n2), g, c02);
                c10 = Vector512.FusedMultiplyAdd(TLanes.Tap(a1 + n0), g, c10);
                c11 = Vector512.FusedMultiplyAdd(TLanes.Tap(a1 + n1), g, c11);
                c12 = Vector512.FusedMultiplyAdd(TLanes.Tap(a1 + n2), g, c12);
                c20 = Vector512.FusedMultiplyAdd(TLanes.Tap(a2 + n0), g, c20);
                c21 = Vector512.FusedMultiplyAdd(TLanes.Tap(a2 + n1), g, c21);
                c22 = Vector512.FusedMultiplyAdd(TLanes.Tap(a2 + n2), g, c22);
                c30 = Vector512.FusedMultiplyAdd(TLanes.Tap(a3 + n0), g, c30);
                c31 = Vector512.FusedMultiplyAdd(TLanes.Tap(a3 + n1), g, c31);
                c32 = Vector512.FusedMultiplyAdd(TLanes.Tap(a3 + n2), g, c32);
                c40 = Vector512.FusedMultiplyAdd(TLanes.Tap(a4 + n0), g, c40);
                c41 = Vector512.FusedMultiplyAdd(TLanes.Tap(a4 + n1), g, c41);
                c42 = Vector512.FusedMultiplyAdd(TLanes.Tap(a4 + n2), g, c42);
                if (TBias.IsPresent)
                    bias += g; // fma(1, g, bias) rounds the same sum
                n0++;
                n1++;
                n2++;
            }

            n0 += skip;
            n1 += skip;
            n2 += skip;
        }

        Vector512.Store(c00, sums);
        Vector512.Store(c01, sums + 16);
        Vector512.Store(c02, sums + 32);
        Vector512.Store(c10, sums + 48);
        Vector512.Store(c11, sums + 64);
        Vector512.Store(c12, sums + 80);
        Vector512.Store(c20, sums + 96);
        Vector512.Store(c21, sums + 112);
        Vector512.Store(c22, sums + 128);
        Vector512.Store(c30, sums + 144);
        Vector512.Store(c31, sums + 160);
        Vector512.Store(c32, sums + 176);
        Vector512.Store(c40, sums + 192);
        Vector512.Store(c41, sums + 208);
        Vector512.Store(c42, sums + 224);
        Vector512.Store(bias, sums + 240);
    }
}
