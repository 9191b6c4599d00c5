using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The elementary functions of training, written once for every vector width: the same bits on every processor, which the
/// C library does not promise. All keep subnormals, give NaN for NaN, and are exact at their special values; errors are stated
/// in units in the last place (ulp) against the real value, as the tests measure them.
/// </summary>
/// <remarks>
/// Coefficients are minimax fits (Remez exchange) over the stated intervals, rounded to float32. The reductions follow
/// J.-M. Muller, "Elementary Functions", 3rd edition, chapters 11 and 12.
/// </remarks>
public static partial class VectorMath
{
    private const int ExponentMask = unchecked((int)0xff80_0000);
    private const int SignMask = int.MinValue;
    private const float SmallestNormal = 1.17549435e-38f;

    // Adding 1.5·2²³ rounds a float below 2²² in magnitude to an integer, which then stands in the low bits of the sum.
    private const float RoundingShift = 12_582_912f;

    /// <summary>The greater of each pair; NaN where either is NaN. Of two zeros it is the left one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Max<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>
    {
        var takeRight = TVector.Or(TVector.LessThan(left, right), IsNaN(right));
        return TVector.Select(takeRight, right, left);
    }

    /// <summary>The lesser of each pair; NaN where either is NaN. Of two zeros it is the left one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Min<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>
    {
        var takeRight = TVector.Or(TVector.LessThan(right, left), IsNaN(right));
        return TVector.Select(takeRight, right, left);
    }

    /// <summary>The magnitude of one value with the sign of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector CopySign<TVector>(TVector magnitude, TVector sign)
        where TVector : struct, IVector<TVector>
        => TVector.Select(TVector.BroadcastBits(SignMask), sign, magnitude);

    /// <summary>A mask of the lanes that are NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector IsNaN<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Not(TVector.Equal(x, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Not<TVector>(TVector mask)
        where TVector : struct, IVector<TVector>
        => TVector.Xor(mask, TVector.BroadcastBits(-1));

    /// <summary>One step of Horner's scheme: sum · x + coefficient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Horner<TVector>(TVector sum, TVector x, float coefficient)
        where TVector : struct, IVector<TVector>
        => TVector.FusedMultiplyAdd(sum, x, TVector.Broadcast(coefficient));
}
