using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>8 lanes in one 256-bit vector.</summary>
public readonly unsafe struct Lanes8 : IVector<Lanes8>
{
    private readonly Vector256<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes8(Vector256<float> value) => _value = value;

    public static int Count => 8;

    public static Lanes8 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 value, float* destination) => Vector256.Store(value._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 left, Lanes8 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, Lanes8 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 left, Lanes8 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 value) => new(Vector256.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Abs(Lanes8 value) => new(Vector256.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Negate(Lanes8 value) => new((value._value.AsUInt32() ^ Vector256.Create(0x8000_0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 FusedMultiplyAdd(Lanes8 left, Lanes8 right, Lanes8 addend) => new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static bool HasScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Scale(Lanes8 value, Lanes8 exponent)
        => PowerOfTwo.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LessThan(Lanes8 left, Lanes8 right) => new(Vector256.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LessThanOrEqual(Lanes8 left, Lanes8 right) => new(Vector256.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Equal(Lanes8 left, Lanes8 right) => new(Vector256.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Select(Lanes8 mask, Lanes8 whenTrue, Lanes8 whenFalse) => new(Vector256.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SelectLess(Lanes8 left, Lanes8 right, Lanes8 whenLess, Lanes8 otherwise)
        => new(Vector256.ConditionalSelect(Vector256.LessThan(left._value, right._value), whenLess._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SelectLessOrEqual(Lanes8 left, Lanes8 right, Lanes8 whenLessOrEqual, Lanes8 otherwise)
        => new(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(left._value, right._value), whenLessOrEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 GreaterOrRight(Lanes8 left, Lanes8 right)
        => Avx.IsSupported ? new(Avx.Max(left._value, right._value)) : SelectLess(right, left, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LesserOrRight(Lanes8 left, Lanes8 right)
        => Avx.IsSupported ? new(Avx.Min(left._value, right._value)) : SelectLess(left, right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 And(Lanes8 left, Lanes8 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Or(Lanes8 left, Lanes8 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Xor(Lanes8 left, Lanes8 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 BroadcastBits(int bits) => new(Vector256.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AddBits(Lanes8 left, Lanes8 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SubtractBits(Lanes8 left, Lanes8 right) => new((left._value.AsInt32() - right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftLeftBits(Lanes8 value, int count) => new(Vector256.ShiftLeft(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftRightArithmeticBits(Lanes8 value, int count) => new(Vector256.ShiftRightArithmetic(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftRightLogicalBits(Lanes8 value, int count) => new(Vector256.ShiftRightLogical(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ConvertBitsToFloat(Lanes8 value) => new(Vector256.ConvertToSingle(value._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 TruncateToBits(Lanes8 value) => new(Vector256.ConvertToInt32(value._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyBits(Lanes8 left, Lanes8 right, out Lanes8 high)
    {
        var even = MultiplyEven(left._value.AsUInt64(), right._value.AsUInt64());
        var odd = MultiplyEven(left._value.AsUInt64() >> 32, right._value.AsUInt64() >> 32);
        if (Avx2.IsSupported)
        {
            high = new(Avx2.Blend((even >> 32).AsUInt32(), odd.AsUInt32(), 0b1010_1010).AsSingle());
            return new(Avx2.Blend(even.AsUInt32(), (odd << 32).AsUInt32(), 0b1010_1010).AsSingle());
        }

        var low = Vector256.Create(0xffff_fffful);
        high = new(((even >> 32) | (odd & ~low)).AsSingle());
        return new(((even & low) | (odd << 32)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes8 value) => value._value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LanesFrom(Lanes8 value, int count) => new(count switch
    {
        4 => value._value.GetUpper().ToVector256Unsafe(),
        2 => Vector128.Shuffle(value._value.GetLower(), Vector128.Create(2, 3, 2, 3)).ToVector256Unsafe(),
        _ => Vector128.Shuffle(value._value.GetLower(), Vector128.Create(1, 1, 1, 1)).ToVector256Unsafe(),
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes8 mask) => mask._value.AsUInt32() != Vector256<uint>.Zero;

    // 32 × 32 → 64-bit products of the even lanes. Integers are exact, so the instruction may be named.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ulong> MultiplyEven(Vector256<ulong> left, Vector256<ulong> right)
    {
        if (Avx2.IsSupported)
            return Avx2.Multiply(left.AsUInt32(), right.AsUInt32());
        var low = Vector256.Create(0xffff_fffful);
        return (left & low) * (right & low);
    }
}
