using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

public static unsafe partial class VectorMath
{
    // π/2 in three pieces of 24 bits each (Cody and Waite); good up to the limit, beyond which 2/π needs more of its bits.
    private const float HalfPiHigh = 1.57079637f;
    private const float HalfPiMiddle = -4.37113883e-8f;
    private const float HalfPiLow = -1.71512451e-15f;
    private const float LargeAngle = 65_536f;

    /// <summary>Sine of an angle in radians, over the whole range of float. Error ≤ 1.6 ulp; −0 gives −0, NaN at ±∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sin<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var r = ReduceByHalfPi(x, out var quadrant);
        return TVector.Select(TVector.Equal(x, TVector.Zero), x, SinInQuadrant(r, quadrant));
    }

    /// <summary>Cosine of an angle in radians, over the whole range of float. Error ≤ 1.6 ulp; NaN at ±∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cos<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
    {
        var r = ReduceByHalfPi(x, out var quadrant);
        return SinInQuadrant(r, TVector.AddBits(quadrant, TVector.BroadcastBits(1)));
    }

    /// <summary>sin(r + quadrant·π/2) on |r| ≤ π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SinInQuadrant<TVector>(TVector r, TVector quadrant)
        where TVector : struct, IVector<TVector>
    {
        // sin r = r + r³·P(r²)
        var s = r * r;
        var p = TVector.Broadcast(-1.95182831e-4f);
        p = Horner(p, s, 8.33218917e-3f);
        p = Horner(p, s, -0.166666552f);
        var sine = TVector.FusedMultiplyAdd(p * s, r, r);

        // cos r = 1 − r²/2 + r⁴·Q(r²)
        var q = TVector.Broadcast(2.44323273e-5f);
        q = Horner(q, s, -1.38873095e-3f);
        q = Horner(q, s, 4.16666456e-2f);
        q = Horner(q, s, -0.5f);
        var cosine = Horner(q, s, 1f);

        var odd = TVector.ShiftRightArithmeticBits(TVector.ShiftLeftBits(quadrant, 31), 31);
        var sign = TVector.ShiftLeftBits(TVector.And(quadrant, TVector.BroadcastBits(2)), 30);
        return TVector.Xor(TVector.Select(odd, cosine, sine), sign);
    }

    /// <summary>x = k·π/2 + r with |r| ≤ π/4; the low two bits of <paramref name="quadrant"/> are those of k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ReduceByHalfPi<TVector>(TVector x, out TVector quadrant)
        where TVector : struct, IVector<TVector>
    {
        var shift = TVector.Broadcast(RoundingShift);
        quadrant = TVector.FusedMultiplyAdd(x, TVector.Broadcast(0.636619747f), shift);
        var k = quadrant - shift;
        var r = TVector.FusedMultiplyAdd(k, TVector.Broadcast(-HalfPiHigh), x);
        r = TVector.FusedMultiplyAdd(k, TVector.Broadcast(-HalfPiMiddle), r);
        r = TVector.FusedMultiplyAdd(k, TVector.Broadcast(-HalfPiLow), r);

        var large = TVector.LessThanOrEqual(TVector.Broadcast(LargeAngle), TVector.Abs(x));
        return TVector.AnyTrue(large) ? ReduceLargeLanes(x, r, ref quadrant) : r;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector ReduceLargeLanes<TVector>(TVector x, TVector r, ref TVector quadrant)
        where TVector : struct, IVector<TVector>
    {
        var angles = stackalloc float[TVector.Count];
        var rests = stackalloc float[TVector.Count];
        var quadrants = stackalloc int[TVector.Count];
        TVector.Store(x, angles);
        TVector.Store(r, rests);
        TVector.Store(quadrant, (float*)quadrants);
        for (var lane = 0; lane < TVector.Count; lane++)
        {
            if (MathF.Abs(angles[lane]) >= LargeAngle)
                rests[lane] = LargeAngleReduction.Reduce(angles[lane], out quadrants[lane]);
        }

        quadrant = TVector.Load((float*)quadrants);
        return TVector.Load(rests);
    }
}
