namespace DistributedTrainer.Numerics;

/// <summary>
/// Two-dimensional convolutions and their gradients in float32. No matrix of patches is written down: an input is copied once into
/// planes with a border of zeros, where each tap of all output pixels is one contiguous run, and the register tiles read them there; small images
/// are computed a vector of them at once where that leaves fewer lanes empty.
/// Any number of threads may compute at once.
/// </summary>
public static unsafe class Convolution
{
    /// <summary>
    /// y = x ∗ weight + bias: x (rows, channels, height, width), weight (filters, channels, kernel height, kernel width), bias
    /// (filters) or null, y (rows, filters, output height, output width). Each output is one chain over (channel, ky, kx) in
    /// ascending order from +0; the bias is a rounding of its own.
    /// </summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="rows">Number of inputs.</param>
    /// <param name="isRectified">Whether max(y, 0) is stored: NaN passes, and both zeros become +0.</param>
    public static void Forward(in ConvolutionShape shape, int rows, float* x, float* weight, float* bias, float* y, bool isRectified = false)
        => Forward(shape, rows, x, weight, bias, y, isRectified, VectorPath.Current);

    /// <summary>
    /// The gradient by x, (rows, channels, height, width), from that by y: one chain over (filter, ky, kx) in ascending order from +0, to
    /// which +0 is added at the end. So no zero is negative, and it does not matter whether taps beyond the output's border, which are
    /// zero, are steps of the chain or left out.
    /// </summary>
    public static void InputGradient(in ConvolutionShape shape, int rows, float* dy, float* weight, float* dx)
        => InputGradient(shape, rows, dy, weight, dx, VectorPath.Current);

    /// <summary>
    /// The gradients by weight and bias (null for none), from dy and x of all segments' rows: one chain a segment over
    /// (row, output y, output x) in ascending order from +0, segments added in tree order.
    /// </summary>
    /// <exception cref="ArgumentException">The segments are no complete tree, or there are none.</exception>
    public static void WeightGradient(
        in ConvolutionShape shape, float* dy, float* x, ReadOnlySpan<Segment> segments, float* weight, float* bias)
        => WeightGradient(shape, dy, x, segments, weight, bias, VectorPath.Current);

    internal static void Forward(
        in ConvolutionShape shape, int rows, float* x, float* weight, float* bias, float* y, bool isRectified, VectorWidth width)
    {
        var together = InterleavedKernel.RowsOf(shape, isGradient: false, rows, width);
        if (together > 0)
        {
            var interleaved = new InterleavedKernel(shape, isGradient: false, together, x, weight, bias, y, isRectified);
            VectorPath.Run(ref interleaved, width);
            x += (long)together * shape.InputLength;
            y += (long)together * shape.OutputLength;
        }

        if (together == rows)
            return;
        var kernel = new PlaneKernel(
            TapPlanes.OfInput(shape), rows - together, shape.Filters, shape.Taps, x, weight, bias, y, shape.OutputHeight, shape.OutputWidth, isRectified,
            isGradient: false);
        VectorPath.Run(ref kernel, width);
    }

    internal static void InputGradient(in ConvolutionShape shape, int rows, float* dy, float* weight, float* dx, VectorWidth width)
    {
        var turned = Turned(shape, weight);
        var together = InterleavedKernel.RowsOf(shape, isGradient: true, rows, width);
        if (together > 0)
        {
            var interleaved = new InterleavedKernel(shape, isGradient: true, together, dy, turned, null, dx, isRectified: false);
            VectorPath.Run(ref interleaved, width);
            dy += (long)together * shape.OutputLength;
            dx += (long)together * shape.InputLength;
        }

        if (together == rows)
            return;
        var kernel = new PlaneKernel(
            TapPlanes.OfOutputGradient(shape), rows - together, shape.Channels, shape.Filters * shape.KernelHeight * shape.KernelWidth, dy, turned,
            null, dx, shape.Height, shape.Width, isRectified: false, isGradient: true);
        VectorPath.Run(ref kernel, width);
    }

    /// <summary>Weights (channels, filters, kernel height, kernel width), in the order of the chains of the gradient by the input.</summary>
    internal static float* Turned(in ConvolutionShape shape, float* weight)
    {
        var area = shape.KernelHeight * shape.KernelWidth;
        var turned = Workspace.Current.Turned((long)shape.Filters * shape.Taps);
        for (var c = 0; c < shape.Channels; c++)
        {
            for (var f = 0; f < shape.Filters; f++)
            {
                var source = new ReadOnlySpan<float>(weight + ((long)f * shape.Channels + c) * area, area);
                source.CopyTo(new Span<float>(turned + ((long)c * shape.Filters + f) * area, area));
            }
        }

        return turned;
    }

    internal static void WeightGradient(
        in ConvolutionShape shape, float* dy, float* x, ReadOnlySpan<Segment> segments, float* weight, float* bias, VectorWidth width)
    {
        if (Segment.Check(segments) == 0)
            throw new ArgumentException("A weight gradient needs at least one row.", nameof(segments));
        fixed (Segment* first = segments)
        {
            var kernel = new FilterGradientKernel(shape, dy, x, first, segments.Length, SegmentCursor.Depth(segments), weight, bias);
            VectorPath.Run(ref kernel, width);
        }
    }
}
