namespace DistributedTrainer.Numerics;

/// <summary>
/// Sizes of a two-dimensional convolution: input (channels, height, width), weight (filters, channels, kernel height, kernel width),
/// output (filters, output height, output width). Tap (ky, kx) of output pixel (y, x) is input pixel
/// (y·stride + ky − padding, x·stride + kx − padding), zero outside.
/// </summary>
public readonly record struct ConvolutionShape(
    int Channels, int Height, int Width, int Filters, int KernelHeight, int KernelWidth, int Stride = 1, int Padding = 0)
{
    public int OutputHeight => (Height + 2 * Padding - KernelHeight) / Stride + 1;

    public int OutputWidth => (Width + 2 * Padding - KernelWidth) / Stride + 1;

    /// <summary>Floats of one input.</summary>
    public int InputLength => Channels * Height * Width;

    /// <summary>Floats of one output.</summary>
    public int OutputLength => Filters * OutputHeight * OutputWidth;

    /// <summary>Taps of a filter: what one output sums.</summary>
    public int Taps => Channels * KernelHeight * KernelWidth;
}
