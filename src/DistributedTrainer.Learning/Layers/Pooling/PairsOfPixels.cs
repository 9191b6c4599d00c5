using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Learning;

/// <summary>
/// The commonest pool, windows of 2 by 2 side by side, eight at a time. It only compares and moves, so it has the bits of the plain loop
/// wherever it runs.
/// </summary>
internal static unsafe class PairsOfPixels
{
    /// <summary>Windows at a time.</summary>
    public const int Count = 8;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>One row of outputs, at least <see cref="Count"/>; the last ones are computed twice where they are no whole group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max(float* x, int begin, int width, int outputs, float* y, int* places)
    {
        // Places of the left pixels in the order in which the shuffle below leaves them.
        var order = Vector256.Create(0, 2, 8, 10, 4, 6, 12, 14);
        for (var column = 0; column < outputs; column += Count)
        {
            column = Math.Min(column, outputs - Count);
            var first = begin + 2 * column;
            var left = Vector256.Create(first) + order;
            var (best, place) = Better(x + first, left);
            var (lower, lowerPlace) = Better(x + first + width, left + Vector256.Create(width));
            Choose(lower, lowerPlace, ref best, ref place);
            Avx2.Permute4x64(best.AsDouble(), 0b11_01_10_00).AsSingle().Store(y + column);
            Avx2.Permute4x64(place.AsInt64(), 0b11_01_10_00).AsInt32().Store(places + column);
        }
    }

    /// <summary>The greater of each pair of neighbours in sixteen pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Best, Vector256<int> Place) Better(float* pixels, Vector256<int> left)
    {
        var (low, high) = (Vector256.Load(pixels), Vector256.Load(pixels + Count));
        var best = Avx.Shuffle(low, high, 0b10_00_10_00);
        var place = left;
        Choose(Avx.Shuffle(low, high, 0b11_01_11_01), left + Vector256<int>.One, ref best, ref place);
        return (best, place);
    }

    /// <summary>Takes the later one where it is greater; not where the earlier one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(Vector256<float> later, Vector256<int> laterPlace, ref Vector256<float> best, ref Vector256<int> place)
    {
        var stays = Avx.Or(Avx.CompareLessThanOrEqual(later, best), Avx.CompareUnordered(best, best));
        best = Avx.BlendVariable(later, best, stays);
        place = Avx.BlendVariable(laterPlace.AsSingle(), place.AsSingle(), stays).AsInt32();
    }
}
