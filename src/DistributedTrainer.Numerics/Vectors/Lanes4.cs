using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>4 lanes in one 128-bit vector.</summary>
public readonly unsafe struct Lanes4 : IVector<Lanes4>
{
    private readonly Vector128<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes4(Vector128<float> value) => _value = value;

    public static int Count => 4;

    public static Lanes4 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, float* destination) => Vector128.Store(value._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 left, Lanes4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, Lanes4 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 left, Lanes4 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 value) => new(Vector128.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Abs(Lanes4 value) => new(Vector128.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Negate(Lanes4 value) => new((value._value.AsUInt32() ^ Vector128.Create(0x8000_0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 FusedMultiplyAdd(Lanes4 left, Lanes4 right, Lanes4 addend) => new(
        Fma.IsSupported || AdvSimd.IsSupported
            ? Vector128.FusedMultiplyAdd(left._value, right._value, addend._value)
            : EmulatedFusedMultiplyAdd.Compute(left._value, right._value, addend._value));

    public static bool HasScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Scale(Lanes4 value, Lanes4 exponent)
        => PowerOfTwo.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LessThan(Lanes4 left, Lanes4 right) => new(Vector128.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LessThanOrEqual(Lanes4 left, Lanes4 right) => new(Vector128.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Equal(Lanes4 left, Lanes4 right) => new(Vector128.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 mask, Lanes4 whenTrue, Lanes4 whenFalse) => new(Vector128.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SelectLess(Lanes4 left, Lanes4 right, Lanes4 whenLess, Lanes4 otherwise)
        => new(Vector128.ConditionalSelect(Vector128.LessThan(left._value, right._value), whenLess._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SelectLessOrEqual(Lanes4 left, Lanes4 right, Lanes4 whenLessOrEqual, Lanes4 otherwise)
        => new(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(left._value, right._value), whenLessOrEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 GreaterOrRight(Lanes4 left, Lanes4 right)
        => Sse.IsSupported ? new(Sse.Max(left._value, right._value)) : SelectLess(right, left, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LesserOrRight(Lanes4 left, Lanes4 right)
        => Sse.IsSupported ? new(Sse.Min(left._value, right._value)) : SelectLess(left, right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 And(Lanes4 left, Lanes4 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Or(Lanes4 left, Lanes4 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Xor(Lanes4 left, Lanes4 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 BroadcastBits(int bits) => new(Vector128.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AddBits(Lanes4 left, Lanes4 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SubtractBits(Lanes4 left, Lanes4 right) => new((left._value.AsInt32() - right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftLeftBits(Lanes4 value, int count) => new(Vector128.ShiftLeft(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftRightArithmeticBits(Lanes4 value, int count) => new(Vector128.ShiftRightArithmetic(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftRightLogicalBits(Lanes4 value, int count) => new(Vector128.ShiftRightLogical(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ConvertBitsToFloat(Lanes4 value) => new(Vector128.ConvertToSingle(value._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 TruncateToBits(Lanes4 value) => new(Vector128.ConvertToInt32(value._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyBits(Lanes4 left, Lanes4 right, out Lanes4 high)
    {
        var even = MultiplyEven(left._value.AsUInt64(), right._value.AsUInt64());
        var odd = MultiplyEven(left._value.AsUInt64() >> 32, right._value.AsUInt64() >> 32);
        var low = Vector128.Create(0xffff_fffful);
        high = new(((even >> 32) | (odd & ~low)).AsSingle());
        return new(((even & low) | (odd << 32)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes4 value) => value._value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LanesFrom(Lanes4 value, int count) => new(count == 2
        ? Vector128.Shuffle(value._value, Vector128.Create(2, 3, 2, 3))
        : Vector128.Shuffle(value._value, Vector128.Create(1, 1, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes4 mask) => mask._value.AsUInt32() != Vector128<uint>.Zero;

    // 32 × 32 → 64-bit products of the even lanes. Integers are exact, so the instruction may be named.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> MultiplyEven(Vector128<ulong> left, Vector128<ulong> right)
    {
        if (Sse2.IsSupported)
            return Sse2.Multiply(left.AsUInt32(), right.AsUInt32());
        var low = Vector128.Create(0xffff_fffful);
        return (left & low) * (right & low);
    }
}
