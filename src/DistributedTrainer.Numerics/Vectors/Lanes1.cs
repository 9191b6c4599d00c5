using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>One lane: scalar code, for processors without usable vectors and as the plainest form of every kernel.</summary>
public readonly unsafe struct Lanes1 : IVector<Lanes1>
{
    private readonly float _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes1(float value) => _value = value;

    public static int Count => 1;

    public static Lanes1 Zero => default;

    private int Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.SingleToInt32Bits(_value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Broadcast(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes1 value, float* destination) => *destination = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator /(Lanes1 left, Lanes1 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Sqrt(Lanes1 value) => new(MathF.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Abs(Lanes1 value) => FromBits(value.Bits & 0x7fff_ffff);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Negate(Lanes1 value) => FromBits(value.Bits ^ int.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 FusedMultiplyAdd(Lanes1 left, Lanes1 right, Lanes1 addend) => new(MathF.FusedMultiplyAdd(left._value, right._value, addend._value));

    public static bool HasScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Scale(Lanes1 value, Lanes1 exponent)
        => PowerOfTwo.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LessThan(Lanes1 left, Lanes1 right) => FromBits(left._value < right._value ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LessThanOrEqual(Lanes1 left, Lanes1 right) => FromBits(left._value <= right._value ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Equal(Lanes1 left, Lanes1 right) => FromBits(left._value == right._value ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Select(Lanes1 mask, Lanes1 whenTrue, Lanes1 whenFalse) => FromBits((mask.Bits & whenTrue.Bits) | (~mask.Bits & whenFalse.Bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 SelectLess(Lanes1 left, Lanes1 right, Lanes1 whenLess, Lanes1 otherwise)
        => left._value < right._value ? whenLess : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 SelectLessOrEqual(Lanes1 left, Lanes1 right, Lanes1 whenLessOrEqual, Lanes1 otherwise)
        => left._value <= right._value ? whenLessOrEqual : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 GreaterOrRight(Lanes1 left, Lanes1 right) => left._value > right._value ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LesserOrRight(Lanes1 left, Lanes1 right) => left._value < right._value ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 And(Lanes1 left, Lanes1 right) => FromBits(left.Bits & right.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Or(Lanes1 left, Lanes1 right) => FromBits(left.Bits | right.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Xor(Lanes1 left, Lanes1 right) => FromBits(left.Bits ^ right.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 BroadcastBits(int bits) => FromBits(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 AddBits(Lanes1 left, Lanes1 right) => FromBits(left.Bits + right.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 SubtractBits(Lanes1 left, Lanes1 right) => FromBits(left.Bits - right.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftLeftBits(Lanes1 value, int count) => FromBits(value.Bits << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftRightArithmeticBits(Lanes1 value, int count) => FromBits(value.Bits >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftRightLogicalBits(Lanes1 value, int count) => FromBits(value.Bits >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ConvertBitsToFloat(Lanes1 value) => new(value.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 TruncateToBits(Lanes1 value) => FromBits((int)value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MultiplyBits(Lanes1 left, Lanes1 right, out Lanes1 high)
    {
        var product = (ulong)(uint)left.Bits * (uint)right.Bits;
        high = FromBits((int)(product >> 32));
        return FromBits((int)product);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes1 value) => value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LanesFrom(Lanes1 value, int count) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes1 mask) => mask.Bits != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes1 FromBits(int bits) => new(BitConverter.Int32BitsToSingle(bits));
}
