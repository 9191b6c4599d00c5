using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>What is done at some features at once.</summary>
internal interface IFeatureWork
{
    /// <summary>As many features as the vector has lanes, from i on.</summary>
    void At<TVector>(int i)
        where TVector : struct, IVector<TVector>;
}

/// <summary>All features of one position inside a kernel: whole vectors, then the rest one by one, by the same formula.</summary>
internal static class FeatureLoop
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TVector, TWork>(TWork work, int n)
        where TVector : struct, IVector<TVector>
        where TWork : struct, IFeatureWork
    {
        var i = 0;
        for (; i <= n - TVector.Count; i += TVector.Count)
            work.At<TVector>(i);
        for (; i < n; i++)
            work.At<Lanes1>(i);
    }
}
