using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The 32 lanes of a reduction in memory, for kernels that sum what they compute: element i goes to lane i mod 32, then lanes are
/// joined along the tree of <see cref="Reduction"/>.
/// </summary>
internal static unsafe class LaneSum
{
    public const int Lanes = 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear<TVector>(float* lanes)
        where TVector : struct, IVector<TVector>
    {
        for (var lane = 0; lane < Lanes; lane += TVector.Count)
            TVector.Store(TVector.Zero, lanes + lane);
    }

    /// <summary>Adds terms i to i + Count − 1, i a multiple of the vector's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TVector>(float* lanes, int i, TVector terms)
        where TVector : struct, IVector<TVector>
    {
        var place = lanes + (i & (Lanes - 1));
        TVector.Store(TVector.Load(place) + terms, place);
    }

    /// <summary>Joins the lanes; their memory is used up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Join<TVector>(float* lanes)
        where TVector : struct, IVector<TVector>
    {
        // Down to one vector in memory, then within it.
        for (var distance = Lanes / 2; distance >= TVector.Count; distance /= 2)
        {
            for (var lane = 0; lane < distance; lane += TVector.Count)
                TVector.Store(TVector.Load(lanes + lane) + TVector.Load(lanes + lane + distance), lanes + lane);
        }

        return Join(TVector.Load(lanes));
    }

    /// <summary>Joins the lanes of one vector along the same tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Join<TVector>(TVector vector)
        where TVector : struct, IVector<TVector>
    {
        if (TVector.Count > 8)
            vector += TVector.LanesFrom(vector, 8);
        if (TVector.Count > 4)
            vector += TVector.LanesFrom(vector, 4);
        if (TVector.Count > 1)
        {
            vector += TVector.LanesFrom(vector, 2);
            vector += TVector.LanesFrom(vector, 1);
        }

        return TVector.First(vector);
    }
}
