using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The gates' functions as calls: the compiler puts so much into one method and no more, and a cell with all of its five functions inside
/// leaves single additions and products to be called instead.
/// </summary>
internal static class GateFunctions
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static TVector Sigmoid<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static TVector Tanh<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Tanh(x);
}
