using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Sums over taps for as many images at once as a vector has lanes: the same pixel of all of them is one vector. So no lane is lost
/// between rows, and the gradient by the input takes no step for a tap beyond the output's border. Images are transposed in and out;
/// small ones of several channels are worth it.
/// </summary>
/// <param name="shape">Sizes; no stride in the gradient.</param>
/// <param name="isGradient">Whether the source is the output's gradient and the target the input's.</param>
/// <param name="rows">Number of images.</param>
/// <param name="source">(rows, source).</param>
/// <param name="weight">(outputs, taps): kernels in the chain's order.</param>
/// <param name="bias">(outputs) or null.</param>
/// <param name="target">(rows, outputs, height, width); at least two pixels wide.</param>
/// <param name="isRectified">Whether max(y, 0) is stored.</param>
internal readonly unsafe struct InterleavedKernel(
    ConvolutionShape shape, bool isGradient, int rows, float* source, float* weight, float* bias, float* target, bool isRectified)
    : IVectorKernel
{
    /// <summary>Floats that the images of a vector may take, source and target: they should stay in the second-level cache.</summary>
    private const long MostFloats = 1 << 18;

    /// <summary>Multiplications in the time of transposing one float.</summary>
    private const int TransposeCost = 8;

    private int Outputs => isGradient ? shape.Channels : shape.Filters;

    private int Height => isGradient ? shape.Height : shape.OutputHeight;

    private int Width => isGradient ? shape.Width : shape.OutputWidth;

    private int Sources => isGradient ? shape.Filters : shape.Channels;

    private int SourceHeight => isGradient ? shape.OutputHeight : shape.Height;

    private int SourceWidth => isGradient ? shape.OutputWidth : shape.Width;

    /// <summary>The gradient has no border: taps there are left out, as its definition does.</summary>
    private int Border => isGradient ? 0 : shape.Padding;

    /// <summary>How many of the first rows are better computed this way than by <see cref="PlaneKernel"/>.</summary>
    public static int RowsOf(in ConvolutionShape shape, bool isGradient, int rows, VectorWidth width)
    {
        var lanes = (int)width / 32;
        if (lanes < 8)
            return 0;
        var whole = rows - rows % lanes;
        whole += 2 * (rows - whole) >= lanes ? rows - whole : 0;
        return whole > 0 && Pays(shape, isGradient, lanes) ? whole : 0;
    }

    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var taps = Sources * shape.KernelHeight * shape.KernelWidth;
        int planeWidth = SourceWidth + 2 * Border, area = (SourceHeight + 2 * Border) * planeWidth;
        int sourceLength = Sources * SourceHeight * SourceWidth, targetLength = Outputs * Height * Width;
        var workspace = Workspace.Current;
        var packed = workspace.Left(LeftPacking.Length(Outputs, taps));
        LeftPacking.PackRows(Outputs, taps, weight, taps, packed);
        var images = workspace.Planes((long)Sources * area * TVector.Count);
        var dense = images;
        if (Border > 0)
        {
            new Span<float>(images, Sources * area * TVector.Count).Clear();
            dense = workspace.Right((long)sourceLength * TVector.Count);
        }

        var sums = workspace.Tiles((long)(Outputs + LeftPacking.PanelRows) * Height * Width * TVector.Count);
        for (var row = 0; row < rows; row += TVector.Count)
        {
            var count = Math.Min(TVector.Count, rows - row);
            Interleaving<TVector>.Gather(count, sourceLength, source + (long)row * sourceLength, dense);
            if (Border > 0)
                Surround<TVector>(dense, images, planeWidth, area);
            for (var x = 0; x < Width; x += 2)
                Column<TVector>(Math.Min(x, Width - 2), taps, packed, images, planeWidth, area, sums);
            Interleaving<TVector>.Scatter(count, targetLength, sums, target + (long)row * targetLength);
        }
    }

    /// <summary>Whether less is computed, transposing included, than planes with what lies between their rows would take.</summary>
    private static bool Pays(in ConvolutionShape shape, bool isGradient, int lanes)
    {
        if (isGradient ? shape.Stride != 1 || shape.Width < 2 : shape.OutputWidth < 2)
            return false;
        var planes = isGradient ? TapPlanes.OfOutputGradient(shape) : TapPlanes.OfInput(shape);
        var (outputs, height, width) = isGradient
            ? (shape.Channels, shape.Height, shape.Width)
            : (shape.Filters, shape.OutputHeight, shape.OutputWidth);
        var border = isGradient ? 0 : shape.Padding;
        var floats = (long)shape.InputLength + shape.OutputLength;
        var padded = (long)planes.Channels * (planes.Height + 2 * border) * (planes.Width + 2 * border) + (long)outputs * height * width;
        if (padded * lanes > MostFloats)
            return false;
        var chains = (outputs - 1) / LeftPacking.PanelRows * LeftPacking.PanelRows;
        chains += LeftPacking.HeightOf(outputs - chains);

        // Without a stride, the gradient has about the forward pass's products; else what is forward.
        var steps = isGradient
            ? (long)shape.OutputHeight * shape.OutputWidth
            : (long)height * ((width + 1) / 2 * 2);
        var kernel = (long)planes.Channels * shape.KernelHeight * shape.KernelWidth * chains;
        var columns = 2 * lanes;
        var pixels = ((height - 1) * planes.Pitch + width + columns - 1) / columns * columns;
        return steps * kernel + TransposeCost * floats < 0.85 * pixels * kernel;
    }

    /// <summary>Copies planes into those with a border of zeros.</summary>
    private void Surround<TVector>(float* dense, float* images, int planeWidth, int area)
        where TVector : struct, IVector<TVector>
    {
        var length = SourceWidth * TVector.Count;
        for (var plane = 0; plane < Sources; plane++)
        {
            for (var y = 0; y < SourceHeight; y++, dense += length)
            {
                var to = images + ((long)plane * area + (y + Border) * planeWidth + Border) * TVector.Count;
                new ReadOnlySpan<float>(dense, length).CopyTo(new Span<float>(to, length));
            }
        }
    }

    /// <summary>Two columns of all outputs, from top to bottom: what is read of the source stays in the first-level cache.</summary>
    private void Column<TVector>(int x, int taps, float* packed, float* images, int planeWidth, int area, float* sums)
        where TVector : struct, IVector<TVector>
    {
        var (walk, firstTap, left) = Across<TVector>(x, planeWidth, area);
        var stride = (long)Height * Width * TVector.Count;
        var finish = new OutputFinish(bias is not null || isGradient, isRectified);
        for (var output = 0; output < Outputs; output += LeftPacking.PanelRows)
        {
            var height = LeftPacking.HeightOf(Outputs - output);
            for (var y = 0; y < Height; y++)
            {
                var (firstRow, top) = Down(y, ref walk);
                var a = packed + (long)output * taps + (firstRow * shape.KernelWidth + firstTap) * height;
                var to = sums + output * stride + ((long)y * Width + x) * TVector.Count;
                InterleavedTile<TVector>.Run(height, walk, a, images + ((long)top * planeWidth + left) * TVector.Count, to, stride);
                if (!finish.ChangesNothing)
                    Finish<TVector>(finish, output, Math.Min(height, Outputs - output), to, stride);
            }
        }
    }

    /// <summary>The taps of columns x and x + 1, the first of them, and the source's column that it reads.</summary>
    private (InterleavedWalk Walk, int FirstTap, int Left) Across<TVector>(int x, int planeWidth, int area)
        where TVector : struct, IVector<TVector>
    {
        var walk = new InterleavedWalk
        {
            Planes = Sources,
            PlaneStep = (nint)area * TVector.Count,
            KernelRow = shape.KernelWidth,
            KernelPlane = shape.KernelHeight * shape.KernelWidth,
        };
        if (!isGradient)
        {
            (walk.Second, walk.RowStep, walk.TapStep) = (shape.Stride * TVector.Count, planeWidth * TVector.Count, TVector.Count);
            walk.Both = shape.KernelWidth;
            return (walk, 0, x * shape.Stride);
        }

        // Tap kx of column x is the output's column x + padding − kx.
        (walk.Second, walk.RowStep, walk.TapStep) = (TVector.Count, -planeWidth * TVector.Count, -TVector.Count);
        var (first, last) = Taps(x, SourceWidth, shape.KernelWidth);
        var (secondFirst, secondLast) = Taps(x + 1, SourceWidth, shape.KernelWidth);
        (walk.HasFirst, walk.Both, walk.HasSecond) = (secondFirst > first, last - secondFirst + 1, secondLast > last);
        return (walk, first, x + shape.Padding - first);
    }

    /// <summary>Row y: its kernel rows, the first of them, and the source's row that it reads.</summary>
    private (int FirstRow, int Top) Down(int y, ref InterleavedWalk walk)
    {
        walk.Rows = shape.KernelHeight;
        if (!isGradient)
            return (0, y * shape.Stride);
        var (first, last) = Taps(y, SourceHeight, shape.KernelHeight);
        walk.Rows = last - first + 1;
        return (first, y + shape.Padding - first);
    }

    /// <summary>The first and the last tap that input pixel has, among outputs of that many.</summary>
    private (int First, int Last) Taps(int pixel, int outputs, int kernel) =>
        (Math.Max(0, pixel + shape.Padding - outputs + 1), Math.Min(kernel - 1, pixel + shape.Padding));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish<TVector>(OutputFinish finish, int output, int height, float* to, long stride)
        where TVector : struct, IVector<TVector>
    {
        for (var end = output + height; output < end; output++, to += stride)
        {
            RegisterTile<TVector>.Load(to, out var left, out var right);
            var add = bias is null ? TVector.Zero : TVector.Broadcast(bias[output]);
            RegisterTile<TVector>.Store(to, finish.Of(left, add), finish.Of(right, add));
        }
    }
}
