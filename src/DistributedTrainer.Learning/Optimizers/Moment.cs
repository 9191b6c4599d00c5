using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>What is kept of a moment between steps.</summary>
internal static class Moment
{
    /// <summary>The smallest normal float32, 2⁻¹²⁶.</summary>
    public const float Smallest = 1.17549435e-38f;

    /// <summary>
    /// +0 below 2⁻¹²⁶ in magnitude, else the value; NaN stays NaN. Arithmetic on subnormals is slow, and with a zero gradient a
    /// rounded decay would hold a moment at 4·2⁻¹⁴⁹ for ever.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Flush<TVector>(TVector value)
        where TVector : struct, IVector<TVector>
    {
        // The bits of values below are masked out; the comparison is false for NaN, which stays.
        var below = TVector.LessThan(TVector.Abs(value), TVector.Broadcast(Smallest));
        return TVector.And(value, TVector.Xor(below, TVector.BroadcastBits(-1)));
    }

    /// <summary>moment + rate·(value − moment): the moving average that forgets at <paramref name="rate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Toward<TVector>(TVector moment, TVector value, TVector rate)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(rate, value - moment, moment);

    /// <summary>moment + rate·(value² − moment).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector TowardSquare<TVector>(TVector moment, TVector value, TVector rate)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(rate, TVector.FusedMultiplyAdd(value, value, TVector.Negate(moment)), moment);
}
