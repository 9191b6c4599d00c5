using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistributedTrainer.Numerics;

/// <summary>
/// left · right + addend in float32 with one rounding, for processors with 128-bit vectors but no FMA instruction.
/// The product is exact in double; the sum is rounded to odd, so that narrowing it rounds as if the sum had been exact.
/// S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008.
/// </summary>
internal static class EmulatedFusedMultiplyAdd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Compute(Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        var (leftLower, leftUpper) = Vector128.Widen(left);
        var (rightLower, rightUpper) = Vector128.Widen(right);
        var (addendLower, addendUpper) = Vector128.Widen(addend);
        return Vector128.Narrow(
            AddRoundingToOdd(leftLower * rightLower, addendLower),
            AddRoundingToOdd(leftUpper * rightUpper, addendUpper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> AddRoundingToOdd(Vector128<double> left, Vector128<double> right)
    {
        // Two-sum (Knuth): sum + error is the exact result.
        var sum = left + right;
        var rightPart = sum - left;
        var error = (left - (sum - rightPart)) + (right - rightPart);

        // Ordered comparisons: beside an infinite sum the error is NaN, and the sum must stay.
        var inexact = (Vector128.LessThan(error, Vector128<double>.Zero) | Vector128.GreaterThan(error, Vector128<double>.Zero)).AsInt64();
        var bits = sum.AsInt64();
        var even = Vector128.Equals(bits & Vector128<long>.One, Vector128<long>.Zero);

        // One step of the last place toward the error: outward (+1) where it has the sum's sign, else inward (−1).
        var step = Vector128.LessThan(bits ^ error.AsInt64(), Vector128<long>.Zero) | Vector128<long>.One;
        return (bits + (step & inexact & even)).AsDouble();
    }
}
