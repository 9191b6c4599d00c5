using CsCheck;

namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class GemmTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    // Tails of every tile on every path (6 rows; 32, 16, 8, 2 columns), several blocks of k, more rows than one block of A.
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1, 1, 1), (1, 17, 9), (2, 3, 5), (3, 31, 8), (4, 33, 7), (5, 2, 64), (6, 16, 4), (7, 40, 13), (8, 15, 321), (11, 10, 64),
        (13, 65, 20), (16, 48, 700), (31, 12, 33), (150, 34, 6), (289, 7, 325), (3, 2100, 2), (147, 2051, 3), (64, 1, 40),
        (0, 5, 4), (5, 0, 4), (5, 4, 0), (0, 0, 0),
    ];

    public static TheoryData<VectorWidth, bool, bool, Values> Cases()
    {
        var cases = new TheoryData<VectorWidth, bool, bool, Values>();
        foreach (var width in Widths)
        {
            foreach (var transposes in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                foreach (var values in Enum.GetValues<Values>())
                    cases.Add(width, transposes.Item1, transposes.Item2, values);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Product_has_the_reference_bits(VectorWidth width, bool transposeA, bool transposeB, Values values)
    {
        var next = ValueSource.Of(values, seed: 7);
        foreach (var (m, n, k) in Shapes)
        {
            foreach (var extra in new[] { 0, 5 })
                Compare(m, n, k, transposeA, transposeB, extra, next, width);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packed_product_has_the_reference_bits(VectorWidth width, bool transposeA, bool transposeB, Values values)
    {
        // The left operand of a packed product is never transposed; the other half of the cases packs over earlier values.
        var next = ValueSource.Of(values, seed: 11);
        foreach (var (m, n, k) in Shapes)
        {
            using var a = Matrix.Filled(m, k, 3, next);
            using var earlier = Matrix.Filled(transposeB ? n : k, transposeB ? k : n, 1, next);
            using var b = Matrix.Filled(transposeB ? n : k, transposeB ? k : n, 2, next);
            using var expected = new Matrix(m, n, 4);
            using var actual = new Matrix(m, n, 4);
            using var packed = new PackedMatrix(k, n, width);
            if (transposeA)
                packed.Pack(earlier.Pointer, earlier.Stride, transposeB);
            packed.Pack(b.Pointer, b.Stride, transposeB);
            GemmReference.Multiply(m, n, k, a.Pointer, a.Stride, false, b.Pointer, b.Stride, transposeB, expected.Pointer, expected.Stride);
            Gemm.Multiply(m, a.Pointer, a.Stride, packed, actual.Pointer, actual.Stride);
            Matrix.AssertSame(expected, actual, $"{m}×{n}×{k} packed");
        }
    }

    [Fact]
    public void Any_shape_has_the_reference_bits() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 80], Gen.Int[1, 90], Gen.Bool, Gen.Bool, Gen.Int[0, 3], Gen.Int)
            .Sample(
                (m, n, k, transposeA, transposeB, width, seed) =>
                    Compare(m, n, k, transposeA, transposeB, seed & 3, ValueSource.Of(Values.Wild, seed), Widths[width]),
                iter: 200);

    [Fact]
    public void Threads_multiply_at_once()
    {
        var next = ValueSource.Of(Values.Ordinary, seed: 3);
        using var b = Matrix.Filled(70, 300, 0, next);
        using var packed = new PackedMatrix(300, 70);
        packed.Pack(b.Pointer, b.Stride, transposed: true);
        var threads = Enumerable.Range(0, 4).Select(t =>
        {
            var m = 20 + 37 * t;
            var a = Matrix.Filled(m, 300, 0, ValueSource.Of(Values.Ordinary, seed: 100 + t));
            return (m, a);
        }).ToArray();
        Parallel.ForEach(threads, thread =>
        {
            var (m, a) = thread;
            using var expected = new Matrix(m, 70);
            using var plain = new Matrix(m, 70);
            using var withPacked = new Matrix(m, 70);
            GemmReference.Multiply(m, 70, 300, a.Pointer, a.Stride, false, b.Pointer, b.Stride, true, expected.Pointer, expected.Stride);
            for (var round = 0; round < 50; round++)
            {
                Gemm.Multiply(m, 70, 300, a.Pointer, a.Stride, false, b.Pointer, b.Stride, true, plain.Pointer, plain.Stride);
                Gemm.Multiply(m, a.Pointer, a.Stride, packed, withPacked.Pointer, withPacked.Stride);
                Matrix.AssertSame(expected, plain, $"thread with {m} rows");
                Matrix.AssertSame(expected, withPacked, $"thread with {m} rows, packed");
            }

            a.Dispose();
        });
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var next = ValueSource.Of(Values.Ordinary, seed: 5);
        using var a = Matrix.Filled(40, 50, 0, next);
        using var b = Matrix.Filled(50, 60, 0, next);
        using var c = new Matrix(40, 60);
        using var w = new Matrix(50, 60);
        Segment[] segments = [new(10, 0), new(10, 1), new(20, 1)];
        Multiply();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            Multiply();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Multiply()
        {
            Gemm.Multiply(40, 60, 50, a.Pointer, a.Stride, false, b.Pointer, b.Stride, false, c.Pointer, c.Stride);
            Gemm.WeightGradient(50, 60, a.Pointer, a.Stride, c.Pointer, c.Stride, segments, w.Pointer, w.Stride);
        }
    }

    [Fact]
    public void Bad_sizes_are_refused()
    {
        using var x = new Matrix(4, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gemm.Multiply(-1, 4, 4, x.Pointer, 4, false, x.Pointer, 4, false, x.Pointer, 4));
        var error = Assert.Throws<ArgumentException>(() => Gemm.Multiply(4, 4, 4, x.Pointer, 3, false, x.Pointer, 4, false, x.Pointer, 4));
        Assert.Contains("is 3, less than the 4", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedMatrix(3, -1));
    }

    private static void Compare(int m, int n, int k, bool transposeA, bool transposeB, int extra, Func<float> next, VectorWidth width)
    {
        using var a = Matrix.Filled(transposeA ? k : m, transposeA ? m : k, extra, next);
        using var b = Matrix.Filled(transposeB ? n : k, transposeB ? k : n, extra, next);
        using var expected = new Matrix(m, n, extra);
        using var actual = new Matrix(m, n, extra);
        GemmReference.Multiply(
            m, n, k, a.Pointer, a.Stride, transposeA, b.Pointer, b.Stride, transposeB, expected.Pointer, expected.Stride);
        Gemm.Multiply(
            m, n, k, a.Pointer, a.Stride, transposeA, b.Pointer, b.Stride, transposeB, actual.Pointer, actual.Stride, width);
        Matrix.AssertSame(expected, actual, $"{m}×{n}×{k}, {extra} floats between rows");
    }
}
