using CsCheck;

namespace DistributedTrainer.Numerics.Tests;

/// <summary>The fast kernels against the plain loops, bit for bit, at every vector width.</summary>
public sealed unsafe class ConvolutionTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    private static readonly Gen<ConvolutionShape> Shapes = Gen.Select(
        Gen.Int[1, 7], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 19], Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[0, 5],
        (channels, height, width, filters, down, across, stride, padding) =>
            new ConvolutionShape(channels, height, width, filters, Math.Min(down, height), Math.Min(across, width), stride, padding));

    public static TheoryData<ConvolutionShape> Known => new()
    {
        new ConvolutionShape(1, 28, 28, 6, 5, 5, Padding: 2),
        new ConvolutionShape(6, 14, 14, 16, 5, 5),
        new ConvolutionShape(3, 9, 8, 33, 3, 3, Stride: 2, Padding: 1),
        new ConvolutionShape(2, 7, 5, 4, 1, 1),
        new ConvolutionShape(4, 6, 6, 3, 6, 6),
        new ConvolutionShape(5, 8, 8, 16, 3, 3, Padding: 1),
        new ConvolutionShape(3, 7, 9, 8, 7, 7, Padding: 3),
        new ConvolutionShape(2, 9, 9, 7, 2, 2),
        new ConvolutionShape(8, 4, 4, 12, 5, 3, Padding: 2),
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_shapes_have_the_reference_bits(ConvolutionShape shape)
    {
        foreach (var width in Widths)
        {
            Compare(shape, [2, 1, 3], width, 5);
            Compare(shape, [9, 8, 5], width, 6); // some images fill vectors, six are left
        }
    }

    [Fact]
    public void A_gradient_that_underflows_is_a_positive_zero_whichever_way_it_is_computed()
    {
        // Each product rounds to −0. Beyond the border some ways take steps with a zero, which make +0 of it, and others take none.
        var shape = new ConvolutionShape(3, 6, 6, 4, 3, 3, Padding: 1);
        const int Rows = 19;
        using var weight = Matrix.Filled(shape.Filters, shape.Taps, 0, () => 1e-30f);
        using var dy = Matrix.Filled(Rows, shape.OutputLength, 0, () => -1e-30f);
        foreach (var width in Widths)
        {
            using var dx = new Matrix(Rows, shape.InputLength, 0);
            Convolution.InputGradient(shape, Rows, dy.Pointer, weight.Pointer, dx.Pointer, width);
            for (var i = 0; i < Rows * shape.InputLength; i++)
                Assert.Equal(0, BitConverter.SingleToInt32Bits(dx.Pointer[i]));
        }
    }

    [Fact]
    public void Any_shape_has_the_reference_bits() =>
        Gen.Select(Shapes, Gen.Int[1, 4].Array[1, 5], Gen.Int[0, 3], Gen.Int)
            .Sample((shape, rows, width, seed) => Compare(shape, rows, Widths[width], seed), iter: 150);

    [Fact]
    public void Interleaved_images_have_the_reference_bits() =>
        Gen.Select(Shapes, Gen.Int[1, 40], Gen.Bool, Gen.Int)
            .Sample((shape, rows, wide, seed) => CompareInterleaved(shape, rows, wide ? VectorWidth.Bits512 : VectorWidth.Bits256, seed), iter: 150);

    private static void CompareInterleaved(ConvolutionShape shape, int rows, VectorWidth width, int seed)
    {
        var next = ValueSource.Of(Values.Ordinary, seed);
        using var x = Matrix.Filled(rows, shape.InputLength, 0, next);
        using var weight = Matrix.Filled(shape.Filters, shape.Taps, 0, next);
        using var bias = Matrix.Filled(1, shape.Filters, 0, next);
        using var dy = Matrix.Filled(rows, shape.OutputLength, 0, next);
        var because = $"{rows} of {shape} at {width}";
        foreach (var b in (ReadOnlySpan<nint>)(shape.OutputWidth < 2 ? [] : [0, (nint)bias.Pointer]))
        {
            Same(rows, shape.OutputLength, $"{because}: output",
                y => ConvolutionReference.Forward(shape, rows, x.Pointer, weight.Pointer, (float*)b, y.Pointer, isRectified: b != 0),
                y => Run(new(shape, false, rows, x.Pointer, weight.Pointer, (float*)b, y.Pointer, b != 0), width));
        }

        if (shape.Stride > 1 || shape.Width < 2)
            return;
        Same(rows, shape.InputLength, $"{because}: gradient by the input",
            dx => ConvolutionReference.InputGradient(shape, rows, dy.Pointer, weight.Pointer, dx.Pointer),
            dx => Run(new(shape, true, rows, dy.Pointer, Convolution.Turned(shape, weight.Pointer), null, dx.Pointer, false), width));
    }

    private static void Run(InterleavedKernel kernel, VectorWidth width) => VectorPath.Run(ref kernel, width);

    private static void Compare(ConvolutionShape shape, int[] slices, VectorWidth width, int seed)
    {
        var next = ValueSource.Of(Values.Ordinary, seed);
        var rows = slices.Sum();
        using var x = Matrix.Filled(rows, shape.InputLength, 0, next);
        using var weight = Matrix.Filled(shape.Filters, shape.Taps, 0, next);
        using var bias = Matrix.Filled(1, shape.Filters, 0, next);
        using var dy = Matrix.Filled(rows, shape.OutputLength, 0, next);
        var because = $"{shape} at {width}";
        foreach (var b in (ReadOnlySpan<nint>)[0, (nint)bias.Pointer])
        {
            Same(rows, shape.OutputLength, $"{because}: output",
                y => ConvolutionReference.Forward(shape, rows, x.Pointer, weight.Pointer, (float*)b, y.Pointer, isRectified: b == 0),
                y => Convolution.Forward(shape, rows, x.Pointer, weight.Pointer, (float*)b, y.Pointer, isRectified: b == 0, width));
        }

        Same(rows, shape.InputLength, $"{because}: gradient by the input",
            dx => ConvolutionReference.InputGradient(shape, rows, dy.Pointer, weight.Pointer, dx.Pointer),
            dx => Convolution.InputGradient(shape, rows, dy.Pointer, weight.Pointer, dx.Pointer, width));
        var segments = ReductionTree.Postfix(slices);
        using var db = new Matrix(1, shape.Filters);
        Same(shape.Filters, shape.Taps, $"{because}: gradient by the weight",
            dw => ConvolutionReference.WeightGradient(shape, dy.Pointer, x.Pointer, segments, dw.Pointer, db.Pointer),
            dw => Convolution.WeightGradient(shape, dy.Pointer, x.Pointer, segments, dw.Pointer, null, width));
        using var none = new Matrix(shape.Filters, shape.Taps);
        Same(1, shape.Filters, $"{because}: gradient by the bias",
            sums => ConvolutionReference.WeightGradient(shape, dy.Pointer, x.Pointer, segments, none.Pointer, sums.Pointer),
            sums => Convolution.WeightGradient(shape, dy.Pointer, x.Pointer, segments, none.Pointer, sums.Pointer, width));
    }

    private static void Same(int rows, int columns, string because, Action<Matrix> reference, Action<Matrix> kernel)
    {
        using var expected = new Matrix(rows, columns);
        using var actual = new Matrix(rows, columns);
        reference(expected);
        kernel(actual);
        Matrix.AssertSame(expected, actual, because);
    }
}
