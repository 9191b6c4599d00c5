namespace DistributedTrainer.Numerics;

/// <summary>
/// How images are laid out so that a tap of all output pixels is one contiguous run: each channel is a plane with a border of zeros
/// and the pitch of the output's rows; with a stride there is a plane for each phase, that is for each remainder of a pixel's place. Output
/// pixel (y, x) is at y·pitch + x, and its tap lies there plus the tap's offset. What lies between two output rows is computed too,
/// and thrown away; so the zeros at a row's end are those at the next one's begin.
/// </summary>
internal readonly unsafe struct TapPlanes
{
    private TapPlanes(int channels, int height, int width, int rows, int pitch, int shared)
    {
        (Channels, Height, Width, Rows, Pitch, Shared) = (channels, height, width, rows, pitch - shared, shared);
    }

    /// <summary>Of the source image.</summary>
    public int Channels { get; }

    /// <summary>Of the source image.</summary>
    public int Height { get; }

    /// <summary>Of the source image.</summary>
    public int Width { get; }

    /// <summary>Rows of a plane.</summary>
    public int Rows { get; }

    /// <summary>Floats of a plane's row.</summary>
    public int Pitch { get; }

    /// <summary>Zeros that the end of a row has in common with the begin of the next.</summary>
    private int Shared { get; }

    /// <summary>Kernel rows and columns.</summary>
    public int KernelHeight { get; private init; }

    public int KernelWidth { get; private init; }

    /// <summary>Source pixels a plane's pixel: the image is split into phases.</summary>
    private int Split { get; init; }

    /// <summary>Plane pixels a source pixel: zeros stand between them.</summary>
    private int Spread { get; init; }

    /// <summary>Where source pixel 0 stands in the image of all phases; negative where it is cut off.</summary>
    private int Top { get; init; }

    private int Left { get; init; }

    /// <summary>Kernels turn around in the gradient by the input.</summary>
    private bool Turned { get; init; }

    private int PhasesDown => Math.Min(Split, KernelHeight);

    private int PhasesAcross => Math.Min(Split, KernelWidth);

    private int Area => Rows * Pitch;

    /// <summary>Floats of all planes, with the zeros at the last row's end.</summary>
    public int Length => checked(Channels * PhasesDown * PhasesAcross * Area + Shared);

    /// <summary>The planes that the forward pass and the weight gradient read.</summary>
    public static TapPlanes OfInput(in ConvolutionShape shape) => new(
        shape.Channels,
        shape.Height,
        shape.Width,
        shape.OutputHeight + (shape.KernelHeight - 1) / shape.Stride,
        shape.OutputWidth + (shape.KernelWidth - 1) / shape.Stride,
        shape.Stride == 1 ? Math.Min(shape.Padding, shape.KernelWidth - 1) : 0)
    {
        KernelHeight = shape.KernelHeight,
        KernelWidth = shape.KernelWidth,
        Split = shape.Stride,
        Spread = 1,
        Top = shape.Padding,
        Left = shape.Padding,
    };

    /// <summary>The planes that the gradient by the input reads: the gradient by the output, its pixels a stride apart.</summary>
    public static TapPlanes OfOutputGradient(in ConvolutionShape shape) => new(
        shape.Filters,
        shape.OutputHeight,
        shape.OutputWidth,
        shape.Height + shape.KernelHeight - 1,
        shape.Width + shape.KernelWidth - 1,
        shape.Stride == 1 ? Math.Clamp(shape.KernelWidth - 1 - shape.Padding, 0, shape.KernelWidth - 1) : 0)
    {
        KernelHeight = shape.KernelHeight,
        KernelWidth = shape.KernelWidth,
        Split = 1,
        Spread = shape.Stride,
        Top = shape.KernelHeight - 1 - shape.Padding,
        Left = shape.KernelWidth - 1 - shape.Padding,
        Turned = true,
    };

    /// <summary>Offsets of all taps, (channel, ky, kx) ascending.</summary>
    public void Offsets(int* offsets)
    {
        for (var c = 0; c < Channels; c++)
        {
            for (var ky = 0; ky < KernelHeight; ky++)
            {
                for (var kx = 0; kx < KernelWidth; kx++)
                {
                    var (y, x) = Turned ? (KernelHeight - 1 - ky, KernelWidth - 1 - kx) : (ky, kx);
                    var plane = (c * PhasesDown + y % Split) * PhasesAcross + x % Split;
                    *offsets++ = plane * Area + y / Split * Pitch + x / Split;
                }
            }
        }
    }

    /// <summary>Copies an image (channels, height, width) into planes whose borders are zero already.</summary>
    public void Fill(float* image, float* planes)
    {
        for (var c = 0; c < Channels; c++)
        {
            for (var down = 0; down < PhasesDown; down++)
            {
                for (var across = 0; across < PhasesAcross; across++, planes += Area)
                    FillPhase(image, planes, down, across);
            }

            image += Height * Width;
        }
    }

    private void FillPhase(float* image, float* plane, int down, int across)
    {
        // Plane pixel (r, q) is pixel r·split + down of the image that begins at −top; source pixels stand there a spread apart.
        for (var r = 0; r < Rows; r++)
        {
            var y = r * Split + down - Top;
            if (y < 0 || y % Spread != 0 || y / Spread >= Height)
                continue;
            var source = image + y / Spread * Width;
            var target = plane + r * Pitch;
            if (Split == 1 && Spread == 1)
            {
                var from = Math.Max(0, -Left);
                var count = Math.Min(Width, Pitch - Left) - from;
                if (count > 0)
                    new ReadOnlySpan<float>(source + from, count).CopyTo(new Span<float>(target + from + Left, count));
                continue;
            }

            for (var q = 0; q < Pitch; q++)
            {
                var x = q * Split + across - Left;
                if (x >= 0 && x % Spread == 0 && x / Spread < Width)
                    target[q] = source[x / Spread];
            }
        }
    }
}
