using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The largest of a vector's lanes; NaN where any is.</summary>
internal static unsafe class LaneMax
{
    /// <param name="lanes">Room for a vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<TVector>(TVector vector, float* lanes)
        where TVector : struct, IVector<TVector>
    {
        TVector.Store(vector, lanes);
        var max = lanes[0];
        for (var lane = 1; lane < TVector.Count; lane++)
            max = lanes[lane] > max || float.IsNaN(lanes[lane]) ? lanes[lane] : max;
        return max;
    }
}
