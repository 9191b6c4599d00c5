using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Learning;

/// <summary>
/// The commonest pool, windows of 2 by 2 side by side, four at a time. It only compares and moves, so it has the bits of the plain loop
/// wherever it runs.
/// </summary>
internal static unsafe class PairsOfPixels
{
    /// <summary>Windows at a time.</summary>
    public const int Count = 4;

    public static bool IsSupported => Sse41.IsSupported;

    /// <summary>One row of outputs, at least <see cref="Count"/>; the last ones are computed twice where they are no whole group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max(float* x, int begin, int width, int outputs, float* y, int* places)
    {
        var order = Vector128.Create(0, 2, 4, 6);
        for (var column = 0; column < outputs; column += Count)
        {
            column = Math.Min(column, outputs - Count);
            var first = begin + 2 * column;
            var left = Vector128.Create(first) + order;
            var (best, place) = Better(x + first, left);
            var (lower, lowerPlace) = Better(x + first + width, left + Vector128.Create(width));
            Choose(lower, lowerPlace, ref best, ref place);
            best.Store(y + column);
            place.Store(places + column);
        }
    }

    /// <summary>The greater of each pair of neighbours in eight pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Best, Vector128<int> Place) Better(float* pixels, Vector128<int> left)
    {
        var (low, high) = (Vector128.Load(pixels), Vector128.Load(pixels + Count));
        var best = Sse.Shuffle(low, high, 0b10_00_10_00);
        var place = left;
        Choose(Sse.Shuffle(low, high, 0b11_01_11_01), left + Vector128<int>.One, ref best, ref place);
        return (best, place);
    }

    /// <summary>Takes the later one where it is greater; not where the earlier one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(Vector128<float> later, Vector128<int> laterPlace, ref Vector128<float> best, ref Vector128<int> place)
    {
        var stays = Sse.Or(Sse.CompareLessThanOrEqual(later, best), Sse.CompareUnordered(best, best));
        best = Sse41.BlendVariable(later, best, stays);
        place = Sse41.BlendVariable(laterPlace.AsSingle(), place.AsSingle(), stays).AsInt32();
    }
}
