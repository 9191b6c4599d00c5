using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Sign functions by compare and select. NaN passes through: it must reach the loss and stop the run.</summary>
internal static class Signs
{
    /// <summary>+1, −1, or x itself where it is 0 or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var negative = TVector.SelectLess(x, TVector.Zero, TVector.Broadcast(-1), x);
        return TVector.SelectLess(TVector.Zero, x, TVector.Broadcast(1), negative);
    }

    /// <summary>max(x, 0), NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Positive<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(x, TVector.Zero, TVector.Zero, x);
}
