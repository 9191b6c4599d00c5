using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>Powers of two from the bits of their exponents.</summary>
internal static class PowerOfTwo
{
    /// <summary>2ⁿ for integer bits n within [−126, 127].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector>(TVector n)
        where TVector : struct, IVector<TVector>
        => TVector.ShiftLeftBits(TVector.AddBits(n, TVector.BroadcastBits(127)), 23);

    /// <summary>x·2ⁿ for |n| ≤ 252 in two powers of two: the first product is exact for x near 1, so a subnormal is rounded once.</summary>
    /// <param name="n">Integer bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ScaleByBits<TVector>(TVector x, TVector n)
        where TVector : struct, IVector<TVector>
    {
        var half = TVector.ShiftRightArithmeticBits(n, 1);
        return x * Of(half) * Of(TVector.SubtractBits(n, half));
    }

    /// <summary>The same for an exponent that is a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale<TVector>(TVector x, TVector exponent)
        where TVector : struct, IVector<TVector>
        => ScaleByBits(x, TVector.TruncateToBits(exponent));
}
