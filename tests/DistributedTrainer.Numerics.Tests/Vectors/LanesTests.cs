namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class LanesTests
{
    public static TheoryData<VectorWidth> Vectors => [VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Every_operation_gives_the_bits_of_scalar_code(VectorWidth width)
    {
        foreach (var operation in Enum.GetValues<Operation>())
        {
            var expected = Run(operation, VectorWidth.Scalar);
            var actual = Run(operation, width);
            for (var i = 0; i < expected.Length; i++)
                Samples.AssertSameBits(expected[i], actual[i], $"{operation} of triple {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Integer_operations_give_the_bits_of_scalar_code_even_where_these_are_NaN(VectorWidth width)
    {
        foreach (var operation in (Operation[])[Operation.GreaterOrRight, Operation.LesserOrRight, Operation.AddBits, Operation.ShiftRightArithmetic, Operation.MultiplyLow,
            Operation.MultiplyHigh, Operation.Truncate, Operation.LessThan])
        {
            var expected = Array.ConvertAll(Run(operation, VectorWidth.Scalar), BitConverter.SingleToInt32Bits);
            Assert.Equal(expected, Array.ConvertAll(Run(operation, width), BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Bits128)]
    [InlineData(VectorWidth.Bits256)]
    [InlineData(VectorWidth.Bits512)]
    public void Truncation_saturates_and_makes_zero_of_NaN(VectorWidth width)
    {
        float[] values = [1.9f, -1.9f, 3e9f, -3e9f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -0f];
        int[] expected = [1, -1, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0, 0];
        Array.Resize(ref values, 16);
        var result = new float[16];
        fixed (float* x = values, destination = result)
        {
            var kernel = new OperationKernel(Operation.Truncate, x, x, x, destination, 16);
            VectorPath.Run(ref kernel, width);
        }

        Assert.Equal(expected, Array.ConvertAll(result[..8], BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Bits128)]
    [InlineData(VectorWidth.Bits256)]
    [InlineData(VectorWidth.Bits512)]
    public void Scaling_rounds_once(VectorWidth width)
    {
        float[] values = [1.5f, 0.9999999f, -0.7f, 1.25f, 1.9999999f, float.NaN];
        float[] exponents = [-149, -126, -140, 127, 128, 3];
        var expected = values.Zip(exponents, (value, exponent) => (float)(value * Math.Pow(2, exponent))).ToArray();
        Array.Resize(ref values, 16);
        Array.Resize(ref exponents, 16);
        var result = new float[16];
        fixed (float* x = values, y = exponents, destination = result)
        {
            var kernel = new ScaleKernel(x, y, destination);
            VectorPath.Run(ref kernel, width);
        }

        Assert.Equal(expected, result[..6]);
    }

    private readonly struct ScaleKernel(float* x, float* y, float* destination) : IVectorKernel
    {
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            for (var i = 0; i < 16; i += TVector.Count)
                TVector.Store(TVector.Scale(TVector.Load(x + i), TVector.Load(y + i)), destination + i);
        }
    }

    private static float[] Run(Operation operation, VectorWidth width)
    {
        // All triples of specials would be 800,000: the pairs, with a third value that goes round, then random bits.
        var specials = Samples.Specials;
        var pairs = specials.Length * specials.Length;
        var count = (pairs + 4096) / 16 * 16;
        var random = Samples.Bits(3 * count, stream: 1);
        var (x, y, z, result) = (new float[count], new float[count], new float[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            x[i] = i < pairs ? specials[i / specials.Length] : random[3 * i];
            y[i] = i < pairs ? specials[i % specials.Length] : random[(3 * i) + 1];
            z[i] = i < pairs ? specials[(i * 7) % specials.Length] : random[(3 * i) + 2];
        }

        fixed (float* px = x, py = y, pz = z, destination = result)
        {
            var kernel = new OperationKernel(operation, px, py, pz, destination, count);
            VectorPath.Run(ref kernel, width);
        }

        return result;
    }

    public enum Operation
    {
        Add, Subtract, Multiply, Divide, Sqrt, Abs, Negate, FusedMultiplyAdd, LessThan, LessThanOrEqual, Equal, Select,
        And, Or, Xor, AddBits, SubtractBits, ShiftLeft, ShiftRightArithmetic, ShiftRightLogical, ToFloat, Truncate,
        MultiplyLow, MultiplyHigh, Max, Min, Any, SelectLess, SelectLessOrEqual, GreaterOrRight, LesserOrRight, Scale,
    }

    private readonly struct OperationKernel(Operation operation, float* x, float* y, float* z, float* destination, int n) : IVectorKernel
    {
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            for (var i = 0; i < n; i += TVector.Count)
                TVector.Store(Apply(TVector.Load(x + i), TVector.Load(y + i), TVector.Load(z + i)), destination + i);
        }

        private TVector Apply<TVector>(TVector a, TVector b, TVector c)
            where TVector : struct, IVector<TVector>
        {
            switch (operation)
            {
                case Operation.Add: return a + b;
                case Operation.Subtract: return a - b;
                case Operation.Multiply: return a * b;
                case Operation.Divide: return a / b;
                case Operation.Sqrt: return TVector.Sqrt(a);
                case Operation.Abs: return TVector.Abs(a);
                case Operation.Negate: return TVector.Negate(a);
                case Operation.FusedMultiplyAdd: return TVector.FusedMultiplyAdd(a, b, c);
                case Operation.LessThan: return TVector.LessThan(a, b);
                case Operation.LessThanOrEqual: return TVector.LessThanOrEqual(a, b);
                case Operation.Equal: return TVector.Equal(a, b);
                case Operation.Select: return TVector.Select(TVector.LessThan(a, b), b, c);
                case Operation.And: return TVector.And(a, b);
                case Operation.Or: return TVector.Or(a, b);
                case Operation.Xor: return TVector.Xor(a, b);
                case Operation.AddBits: return TVector.AddBits(a, b);
                case Operation.SubtractBits: return TVector.SubtractBits(a, b);
                case Operation.ShiftLeft: return TVector.ShiftLeftBits(a, 5);
                case Operation.ShiftRightArithmetic: return TVector.ShiftRightArithmeticBits(a, 5);
                case Operation.ShiftRightLogical: return TVector.ShiftRightLogicalBits(a, 5);
                case Operation.ToFloat: return TVector.ConvertBitsToFloat(a);
                case Operation.Truncate: return TVector.TruncateToBits(a);
                case Operation.MultiplyLow: return TVector.MultiplyBits(a, b, out _);
                case Operation.MultiplyHigh:
                    TVector.MultiplyBits(a, b, out var high);
                    return high;
                case Operation.SelectLess: return TVector.SelectLess(a, b, b, c);
                case Operation.SelectLessOrEqual: return TVector.SelectLessOrEqual(a, b, b, c);
                case Operation.GreaterOrRight: return TVector.GreaterOrRight(a, b);
                case Operation.LesserOrRight: return TVector.LesserOrRight(a, b);
                case Operation.Scale:
                    // ±[½, 1) times powers from subnormal ones up.
                    var fraction = TVector.And(a, TVector.BroadcastBits(unchecked((int)0x807f_ffff)));
                    var whole = TVector.ConvertBitsToFloat(TVector.ShiftRightArithmeticBits(b, 24)) - TVector.Broadcast(22);
                    return TVector.Scale(TVector.Or(fraction, TVector.Broadcast(0.5f)), whole);
                case Operation.Max: return VectorMath.Max(a, b);
                case Operation.Min: return VectorMath.Min(a, b);
                default:
                    // Only all lanes together have an answer; one that holds for any width is that of equal lanes.
                    var first = TVector.Broadcast(0f);
                    return TVector.BroadcastBits(
                        (TVector.AnyTrue(TVector.Equal(first, first)) ? 1 : 0) + (TVector.AnyTrue(TVector.LessThan(first, first)) ? 2 : 0));
            }
        }
    }
}
