using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

public static partial class VectorMath
{
    /// <summary>Hyperbolic tangent. Error ≤ 1.5 ulp; odd, −0 gives −0, ±1 from 9.02 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var t = TVector.Abs(x);

        // tanh t = t + t³·P(t²) on t ≤ 0.625.
        var s = t * t;
        var p = TVector.Broadcast(-5.6922962e-3f);
        p = Horner(p, s, 2.06281673e-2f);
        p = Horner(p, s, -5.37365153e-2f);
        p = Horner(p, s, 0.133314058f);
        p = Horner(p, s, -0.333332807f);
        var small = TVector.FusedMultiplyAdd(p * s, t, t);

        // tanh t = 1 − 2 / (e²ᵗ + 1) beyond.
        var one = TVector.Broadcast(1f);
        var twice = TVector.LesserOrRight(TVector.Broadcast(20f), t + t);
        var large = one - TVector.Broadcast(2f) / (ExpNormal(twice) + one);

        return CopySign(TVector.SelectLess(t, TVector.Broadcast(0.625f), small, large), x);
    }

    /// <summary>Error function (2/√π)·∫₀ˣ e^(−t²) dt. Error ≤ 1.1 ulp; odd, −0 gives −0, ±1 from 3.92 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var t = TVector.Abs(x);

        // erf t = t + t·P(t²) on t ≤ 0.921875.
        var s = t * t;
        var p = TVector.Broadcast(-5.9945049e-4f);
        p = Horner(p, s, 4.99403803e-3f);
        p = Horner(p, s, -2.67673489e-2f);
        p = Horner(p, s, 0.112818435f);
        p = Horner(p, s, -0.376124978f);
        p = Horner(p, s, 0.128379151f);
        var small = TVector.FusedMultiplyAdd(p, t, t);

        // erf t = 1 − e^−(t + t·Q(t)) beyond.
        var u = TVector.LesserOrRight(TVector.Broadcast(3.93f), t);
        var q = TVector.Broadcast(1.12989455e-5f);
        q = Horner(q, u, -3.23495216e-4f);
        q = Horner(q, u, 3.64531367e-3f);
        q = Horner(q, u, -2.37681679e-2f);
        q = Horner(q, u, 0.10624402f);
        q = Horner(q, u, 0.635146976f);
        q = Horner(q, u, 0.128649563f);
        var large = TVector.Broadcast(1f) - ExpNormal(TVector.Negate(TVector.FusedMultiplyAdd(q, u, u)));

        return CopySign(TVector.SelectLess(t, TVector.Broadcast(0.921875f), small, large), x);
    }

    /// <summary>Logistic function 1 / (1 + e⁻ˣ). Error ≤ 2.4 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        // From e^−|x|, which cannot overflow: 1 / (1 + e) on the right, e / (1 + e) on the left.
        var one = TVector.Broadcast(1f);
        var e = ExpOfNegative(TVector.Or(x, TVector.BroadcastBits(SignMask)));
        var numerator = TVector.SelectLess(x, TVector.Zero, e, one);
        return numerator / (one + e);
    }
}
