namespace DistributedTrainer.Numerics;

/// <summary>The definition of the convolution and its gradients, as plain loops: what every fast kernel must equal bit for bit.</summary>
public static unsafe class ConvolutionReference
{
    /// <inheritdoc cref="Convolution.Forward(in ConvolutionShape, int, float*, float*, float*, float*, bool)"/>
    public static void Forward(
        in ConvolutionShape shape, int rows, float* x, float* weight, float* bias, float* y, bool isRectified = false)
    {
        for (var row = 0; row < rows; row++, x += shape.InputLength)
        {
            for (var f = 0; f < shape.Filters; f++)
            {
                for (var oy = 0; oy < shape.OutputHeight; oy++)
                {
                    for (var ox = 0; ox < shape.OutputWidth; ox++)
                    {
                        var sum = 0f;
                        var w = weight + f * shape.Taps;
                        for (var c = 0; c < shape.Channels; c++)
                        {
                            for (var ky = 0; ky < shape.KernelHeight; ky++)
                            {
                                for (var kx = 0; kx < shape.KernelWidth; kx++)
                                    sum = MathF.FusedMultiplyAdd(*w++, Pixel(shape, x, c, oy, ox, ky, kx), sum);
                            }
                        }

                        sum = bias is null ? sum : sum + bias[f];
                        *y++ = isRectified && sum <= 0 ? 0 : sum;
                    }
                }
            }
        }
    }

    /// <inheritdoc cref="Convolution.InputGradient(in ConvolutionShape, int, float*, float*, float*)"/>
    public static void InputGradient(in ConvolutionShape shape, int rows, float* dy, float* weight, float* dx)
    {
        for (var row = 0; row < rows; row++, dy += shape.OutputLength)
        {
            for (var c = 0; c < shape.Channels; c++)
            {
                for (var iy = 0; iy < shape.Height; iy++)
                {
                    for (var ix = 0; ix < shape.Width; ix++)
                    {
                        var sum = 0f;
                        for (var f = 0; f < shape.Filters; f++)
                        {
                            for (var ky = 0; ky < shape.KernelHeight; ky++)
                            {
                                for (var kx = 0; kx < shape.KernelWidth; kx++)
                                {
                                    var (oy, ox) = (iy + shape.Padding - ky, ix + shape.Padding - kx);
                                    if (oy % shape.Stride != 0 || ox % shape.Stride != 0)
                                        continue;
                                    (oy, ox) = (oy / shape.Stride, ox / shape.Stride);
                                    if (oy < 0 || oy >= shape.OutputHeight || ox < 0 || ox >= shape.OutputWidth)
                                        continue;
                                    var w = weight[((f * shape.Channels + c) * shape.KernelHeight + ky) * shape.KernelWidth + kx];
                                    sum = MathF.FusedMultiplyAdd(w, dy[(f * shape.OutputHeight + oy) * shape.OutputWidth + ox], sum);
                                }
                            }
                        }

                        *dx++ = sum + 0f;
                    }
                }
            }
        }
    }

    /// <inheritdoc cref="Convolution.WeightGradient(in ConvolutionShape, float*, float*, ReadOnlySpan{Segment}, float*, float*)"/>
    public static void WeightGradient(
        in ConvolutionShape shape, float* dy, float* x, ReadOnlySpan<Segment> segments, float* weight, float* bias)
    {
        var sums = new Stack<float>();
        for (var f = 0; f < shape.Filters; f++)
        {
            for (var tap = 0; tap < shape.Taps + (bias is null ? 0 : 1); tap++)
            {
                sums.Clear();
                var row = 0;
                foreach (var segment in segments)
                {
                    var sum = 0f;
                    for (var end = row + segment.Rows; row < end; row++)
                        sum = Chain(shape, dy + (long)row * shape.OutputLength, x + (long)row * shape.InputLength, f, tap, sum);
                    sums.Push(sum);
                    for (var merge = 0; merge < segment.Merges; merge++)
                    {
                        var right = sums.Pop();
                        sums.Push(sums.Pop() + right);
                    }
                }

                (tap < shape.Taps ? ref weight[f * shape.Taps + tap] : ref bias[f]) = sums.Pop();
            }
        }
    }

    /// <summary>One row's pixels in order; the tap after the last is the bias, whose input is 1.</summary>
    private static float Chain(in ConvolutionShape shape, float* dy, float* x, int f, int tap, float sum)
    {
        var (c, ky, kx) = (tap / shape.KernelWidth / shape.KernelHeight, tap / shape.KernelWidth % shape.KernelHeight, tap % shape.KernelWidth);
        for (var oy = 0; oy < shape.OutputHeight; oy++)
        {
            for (var ox = 0; ox < shape.OutputWidth; ox++)
            {
                var input = tap == shape.Taps ? 1 : Pixel(shape, x, c, oy, ox, ky, kx);
                sum = MathF.FusedMultiplyAdd(input, dy[(f * shape.OutputHeight + oy) * shape.OutputWidth + ox], sum);
            }
        }

        return sum;
    }

    private static float Pixel(in ConvolutionShape shape, float* x, int c, int oy, int ox, int ky, int kx)
    {
        var (iy, ix) = (oy * shape.Stride + ky - shape.Padding, ox * shape.Stride + kx - shape.Padding);
        return iy < 0 || iy >= shape.Height || ix < 0 || ix >= shape.Width ? 0 : x[(c * shape.Height + iy) * shape.Width + ix];
    }
}
