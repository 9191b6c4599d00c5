using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>16 lanes in one 512-bit vector.</summary>
public readonly unsafe struct Lanes16 : IVector<Lanes16>
{
    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes16(Vector512<float> value) => _value = value;

    public static int Count => 16;

    public static Lanes16 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes16 value, float* destination) => Vector512.Store(value._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 left, Lanes16 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 left, Lanes16 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 left, Lanes16 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 left, Lanes16 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 value) => new(Vector512.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Abs(Lanes16 value) => new(Vector512.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Negate(Lanes16 value) => new((value._value.AsUInt32() ^ Vector512.Create(0x8000_0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 FusedMultiplyAdd(Lanes16 left, Lanes16 right, Lanes16 addend) => new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static bool HasScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Scale(Lanes16 value, Lanes16 exponent)
        => Avx512F.IsSupported ? new(Avx512F.Scale(value._value, exponent._value)) : PowerOfTwo.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LessThan(Lanes16 left, Lanes16 right) => new(Vector512.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LessThanOrEqual(Lanes16 left, Lanes16 right) => new(Vector512.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Equal(Lanes16 left, Lanes16 right) => new(Vector512.Equals(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Select(Lanes16 mask, Lanes16 whenTrue, Lanes16 whenFalse) => new(Vector512.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SelectLess(Lanes16 left, Lanes16 right, Lanes16 whenLess, Lanes16 otherwise)
        => new(Vector512.ConditionalSelect(Vector512.LessThan(left._value, right._value), whenLess._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SelectLessOrEqual(Lanes16 left, Lanes16 right, Lanes16 whenLessOrEqual, Lanes16 otherwise)
        => new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(left._value, right._value), whenLessOrEqual._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 GreaterOrRight(Lanes16 left, Lanes16 right)
        => Avx512F.IsSupported ? new(Avx512F.Max(left._value, right._value)) : SelectLess(right, left, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LesserOrRight(Lanes16 left, Lanes16 right)
        => Avx512F.IsSupported ? new(Avx512F.Min(left._value, right._value)) : SelectLess(left, right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 And(Lanes16 left, Lanes16 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Or(Lanes16 left, Lanes16 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Xor(Lanes16 left, Lanes16 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 BroadcastBits(int bits) => new(Vector512.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AddBits(Lanes16 left, Lanes16 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SubtractBits(Lanes16 left, Lanes16 right) => new((left._value.AsInt32() - right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftLeftBits(Lanes16 value, int count) => new(Vector512.ShiftLeft(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftRightArithmeticBits(Lanes16 value, int count) => new(Vector512.ShiftRightArithmetic(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftRightLogicalBits(Lanes16 value, int count) => new(Vector512.ShiftRightLogical(value._value.AsInt32(), count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ConvertBitsToFloat(Lanes16 value) => new(Vector512.ConvertToSingle(value._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 TruncateToBits(Lanes16 value) => new(Vector512.ConvertToInt32(value._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyBits(Lanes16 left, Lanes16 right, out Lanes16 high)
    {
        var even = MultiplyEven(left._value.AsUInt64(), right._value.AsUInt64());
        var odd = MultiplyEven(left._value.AsUInt64() >> 32, right._value.AsUInt64() >> 32);
        var low = Vector512.Create(0xffff_fffful);
        high = new(((even >> 32) | (odd & ~low)).AsSingle());
        return new(((even & low) | (odd << 32)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes16 value) => value._value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LanesFrom(Lanes16 value, int count) => new(count switch
    {
        8 => value._value.GetUpper().ToVector512Unsafe(),
        4 => value._value.GetLower().GetUpper().ToVector256Unsafe().ToVector512Unsafe(),
        2 => Vector128.Shuffle(value._value.GetLower().GetLower(), Vector128.Create(2, 3, 2, 3)).ToVector256Unsafe().ToVector512Unsafe(),
        _ => Vector128.Shuffle(value._value.GetLower().GetLower(), Vector128.Create(1, 1, 1, 1)).ToVector256Unsafe().ToVector512Unsafe(),
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes16 mask) => mask._value.AsUInt32() != Vector512<uint>.Zero;

    // 32 × 32 → 64-bit products of the even lanes. Integers are exact, so the instruction may be named.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyEven(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.IsSupported
        ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
        : Vector512.Create(
            Lanes8.MultiplyEven(left.GetLower(), right.GetLower()),
            Lanes8.MultiplyEven(left.GetUpper(), right.GetUpper()));
}
