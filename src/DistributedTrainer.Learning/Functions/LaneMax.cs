using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The largest of a vector's lanes; NaN where any is.</summary>
internal static class LaneMax
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<TVector>(TVector vector)
        where TVector : struct, IVector<TVector>
    {
        if (TVector.Count > 8)
            vector = VectorMath.Max(vector, TVector.LanesFrom(vector, 8));
        if (TVector.Count > 4)
            vector = VectorMath.Max(vector, TVector.LanesFrom(vector, 4));
        if (TVector.Count > 1)
        {
            vector = VectorMath.Max(vector, TVector.LanesFrom(vector, 2));
            vector = VectorMath.Max(vector, TVector.LanesFrom(vector, 1));
        }

        return TVector.First(vector);
    }
}
