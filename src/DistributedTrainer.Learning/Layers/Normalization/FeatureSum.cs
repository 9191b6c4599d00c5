using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Sums over the features of one position inside a kernel: a call of <see cref="Reduction"/> each would cost more than the work. Same
/// 32 lanes, same bits.
/// </summary>
internal static unsafe class FeatureSum
{
    /// <summary>Σ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<TVector>(float* x, int n)
        where TVector : struct, IVector<TVector>
        => Sum<TVector, Values>(new Values(x), n);

    /// <summary>Σ (x − mean)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfSquares<TVector>(float* x, float mean, int n)
        where TVector : struct, IVector<TVector>
        => Sum<TVector, Squares>(new Squares(x, mean), n);

    /// <summary>Σ x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfProducts<TVector>(float* x, float* y, int n)
        where TVector : struct, IVector<TVector>
        => Sum<TVector, Products>(new Products(x, y), n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum<TVector, TTerms>(TTerms terms, int n)
        where TVector : struct, IVector<TVector>
        where TTerms : struct, ITerms
    {
        var lanes = stackalloc float[LaneSum.Lanes];
        LaneSum.Clear<TVector>(lanes);
        var i = 0;
        for (; i <= n - TVector.Count; i += TVector.Count)
        {
            var place = lanes + i % LaneSum.Lanes;
            TVector.Store(terms.Add(TVector.Load(place), i), place);
        }

        for (; i < n; i++)
        {
            var place = lanes + i % LaneSum.Lanes;
            Lanes1.Store(terms.Add(Lanes1.Load(place), i), place);
        }

        return LaneSum.Join<TVector>(lanes);
    }

    private interface ITerms
    {
        TVector Add<TVector>(TVector sum, int i)
            where TVector : struct, IVector<TVector>;
    }

    private readonly struct Values(float* x) : ITerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Add<TVector>(TVector sum, int i)
            where TVector : struct, IVector<TVector>
            => sum + TVector.Load(x + i);
    }

    private readonly struct Squares(float* x, float mean) : ITerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Add<TVector>(TVector sum, int i)
            where TVector : struct, IVector<TVector>
        {
            var distance = TVector.Load(x + i) - TVector.Broadcast(mean);
            return TVector.FusedMultiplyAdd(distance, distance, sum);
        }
    }

    private readonly struct Products(float* x, float* y) : ITerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Add<TVector>(TVector sum, int i)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(TVector.Load(x + i), TVector.Load(y + i), sum);
    }
}
