namespace DistributedTrainer.Numerics;

/// <summary>
/// A vector of float32 lanes of some width. Kernels are written once, generic over it, so that the paths for 512, 256 and
/// 128 bits and for scalar code cannot drift apart: every operation here gives the same bits in every lane on every path.
/// Comparisons give all-ones or all-zeros lanes. "Bits" operations treat a lane as the 32-bit integer with the same bits.
/// </summary>
public unsafe interface IVector<TSelf>
    where TSelf : struct, IVector<TSelf>
{
    /// <summary>Number of lanes: 16, 8, 4 or 1.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf value, float* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Abs(TSelf value);

    /// <summary>Sign flipped, also of zeros.</summary>
    static abstract TSelf Negate(TSelf value);

    /// <summary>left · right + addend with one rounding.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>Whether <see cref="Scale"/> is one instruction, and not several on the exponent's integer bits.</summary>
    static abstract bool HasScale { get; }

    /// <summary>value · 2^exponent with one rounding, also where the result is subnormal; the exponent is a whole number within ±252.</summary>
    static abstract TSelf Scale(TSelf value, TSelf exponent);

    static abstract TSelf LessThan(TSelf left, TSelf right);

    static abstract TSelf LessThanOrEqual(TSelf left, TSelf right);

    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>Lane by lane: where the mask's bits are ones, <paramref name="whenTrue"/>, else <paramref name="whenFalse"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenTrue, TSelf whenFalse);

    /// <summary>Lane by lane: left &lt; right ? whenLess : otherwise. A comparison that is used once needs no mask in a register.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf whenLess, TSelf otherwise);

    /// <summary>Lane by lane: left ≤ right ? whenLessOrEqual : otherwise.</summary>
    static abstract TSelf SelectLessOrEqual(TSelf left, TSelf right, TSelf whenLessOrEqual, TSelf otherwise);

    /// <summary>Lane by lane: left &gt; right ? left : right, so the right one of two zeros and beside NaN.</summary>
    static abstract TSelf GreaterOrRight(TSelf left, TSelf right);

    /// <summary>Lane by lane: left &lt; right ? left : right, so the right one of two zeros and beside NaN.</summary>
    static abstract TSelf LesserOrRight(TSelf left, TSelf right);

    static abstract TSelf And(TSelf left, TSelf right);

    static abstract TSelf Or(TSelf left, TSelf right);

    static abstract TSelf Xor(TSelf left, TSelf right);

    /// <summary>The integer in every lane, as bits.</summary>
    static abstract TSelf BroadcastBits(int bits);

    static abstract TSelf AddBits(TSelf left, TSelf right);

    static abstract TSelf SubtractBits(TSelf left, TSelf right);

    static abstract TSelf ShiftLeftBits(TSelf value, int count);

    static abstract TSelf ShiftRightArithmeticBits(TSelf value, int count);

    static abstract TSelf ShiftRightLogicalBits(TSelf value, int count);

    /// <summary>The lane's integer bits as a float value, rounded to nearest even.</summary>
    static abstract TSelf ConvertBitsToFloat(TSelf value);

    /// <summary>The lane's value truncated toward zero, as integer bits. Beyond the range of int it saturates; NaN gives 0.</summary>
    static abstract TSelf TruncateToBits(TSelf value);

    /// <summary>The 64-bit product of the lanes as unsigned integers: returns its low 32 bits.</summary>
    static abstract TSelf MultiplyBits(TSelf left, TSelf right, out TSelf high);

    /// <summary>Lane 0.</summary>
    static abstract float First(TSelf value);

    /// <summary>Lane i takes lane i + <paramref name="count"/> for i below the count, a power of two below the lanes' number; other lanes hold anything.</summary>
    static abstract TSelf LanesFrom(TSelf value, int count);

    /// <summary>Whether any lane of a comparison's result is true.</summary>
    static abstract bool AnyTrue(TSelf mask);
}
