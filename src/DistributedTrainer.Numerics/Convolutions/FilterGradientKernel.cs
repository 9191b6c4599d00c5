using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Gradients by weight and bias, image by image: the sums of all taps and filters stay in the second-level cache while the images of a segment
/// pass, then they are added along the segments' tree. The bias is one more tap, whose input is 1.
/// </summary>
internal readonly unsafe struct FilterGradientKernel(
    ConvolutionShape shape, float* dy, float* x, Segment* segments, int segmentCount, int depth, float* weight, float* bias) : IVectorKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        var planes = TapPlanes.OfInput(shape);
        var pixels = (shape.OutputHeight - 1) * planes.Pitch + shape.OutputWidth;
        var taps = shape.Taps + (bias is null ? 0 : 1);
        var tiles = (taps + TapTile<TVector>.Taps - 1) / TapTile<TVector>.Taps;
        var panels = (shape.Filters + width - 1) / width;
        var length = panels * tiles * RegisterTile<TVector>.Size;

        var workspace = Workspace.Current;
        var images = workspace.Planes((long)planes.Length + pixels);
        new Span<float>(images, planes.Length).Clear();
        new Span<float>(images + planes.Length, pixels).Fill(1);
        var offsets = Offsets<TVector>(workspace.Offsets(tiles * TapTile<TVector>.Taps), planes, tiles * TapTile<TVector>.Taps);
        var spaced = workspace.Left((long)shape.Filters * shape.OutputHeight * planes.Pitch);
        new Span<float>(spaced, shape.Filters * shape.OutputHeight * planes.Pitch).Clear();
        var packed = workspace.Right((long)panels * width * pixels);
        var stack = workspace.Tiles((long)depth * length);

        var top = stack;
        var row = 0L;
        for (var segment = segments; segment < segments + segmentCount; segment++)
        {
            new Span<float>(top, length).Clear();
            for (var end = row + segment->Rows; row < end; row++)
            {
                planes.Fill(x + row * shape.InputLength, images);
                Space(dy + row * shape.OutputLength, spaced, planes.Pitch);
                RightPacking<TVector>.PackColumns(pixels, shape.Filters, spaced, shape.OutputHeight * planes.Pitch, packed);
                for (var tile = 0; tile < panels * tiles; tile++)
                {
                    TapTile<TVector>.Run(
                        pixels, images, offsets + tile % tiles * TapTile<TVector>.Taps, packed + (long)(tile / tiles) * width * pixels,
                        top + (long)tile * RegisterTile<TVector>.Size);
                }
            }

            top += length;
            for (var merge = 0; merge < segment->Merges; merge++)
            {
                top -= length;
                Add<TVector>(top - length, top, length);
            }
        }

        for (var f = 0; f < shape.Filters; f++)
        {
            var column = stack + (long)(f / width) * tiles * RegisterTile<TVector>.Size + f % width;
            for (var tap = 0; tap < shape.Taps; tap++)
                weight[(long)f * shape.Taps + tap] = column[(long)tap * width];
            if (bias is not null)
                bias[f] = column[(long)shape.Taps * width];
        }
    }

    /// <summary>All taps, the ones for the bias, and as many more as fill the last tile, whose sums nobody reads.</summary>
    private int* Offsets<TVector>(int* offsets, in TapPlanes planes, int count)
        where TVector : struct, IVector<TVector>
    {
        planes.Offsets(offsets);
        for (var tap = shape.Taps; tap < count; tap++)
            offsets[tap] = planes.Length;
        return offsets;
    }

    /// <summary>Rows of the output's gradient at the planes' pitch; what lies between them stays zero.</summary>
    private void Space(float* from, float* to, int pitch)
    {
        var width = shape.OutputWidth;
        for (var line = 0; line < shape.Filters * shape.OutputHeight; line++)
            new ReadOnlySpan<float>(from + line * width, width).CopyTo(new Span<float>(to + line * pitch, width));
    }

    private static void Add<TVector>(float* left, float* right, int length)
        where TVector : struct, IVector<TVector>
    {
        // Whole tiles are whole vectors.
        for (var i = 0; i < length; i += TVector.Count)
            TVector.Store(TVector.Load(left + i) + TVector.Load(right + i), left + i);
    }
}
