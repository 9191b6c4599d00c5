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
        var isNarrow = TVector.Count is 8 or 16 && shape.Filters <= TVector.Count;
        var width = isNarrow ? TVector.Count : RegisterTile<TVector>.Columns;
        var tileTaps = isNarrow ? NarrowTapTile<TVector>.Taps : TapTile<TVector>.Taps;
        var planes = TapPlanes.OfInput(shape);
        var pixels = (shape.OutputHeight - 1) * planes.Pitch + shape.OutputWidth;
        var taps = shape.Taps + (bias is null ? 0 : 1);
        var tiles = (taps + tileTaps - 1) / tileTaps;
        var tileLength = tileTaps * width;
        var panels = (shape.Filters + width - 1) / width;
        var length = panels * tiles * tileLength;

        var workspace = Workspace.Current;
        var images = workspace.Planes((long)planes.Length + pixels);
        new Span<float>(images, planes.Length).Clear();
        new Span<float>(images + planes.Length, pixels).Fill(1);
        var offsets = Offsets(workspace.Offsets(tiles * tileTaps), planes, tiles * tileTaps);

        // Whole groups of filters are transposed by vectors; those that are none stay zero.
        const int Group = 8;
        var spacedFilters = (shape.Filters + Group - 1) / Group * Group;
        var spacedLength = shape.OutputHeight * planes.Pitch;
        var spaced = workspace.Left((long)spacedFilters * spacedLength);
        new Span<float>(spaced, spacedFilters * spacedLength).Clear();
        var packed = workspace.Right((long)Math.Max(panels * width, spacedFilters) * pixels);
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
                if (isNarrow)
                    PackNarrow<TVector>(pixels, spaced, spacedLength, packed);
                else
                    RightPacking<TVector>.PackColumns(pixels, spacedFilters, spaced, spacedLength, packed);
                for (var tile = 0; tile < panels * tiles; tile++)
                {
                    var tileOffsets = offsets + tile % tiles * tileTaps;
                    var panel = packed + (long)(tile / tiles) * width * pixels;
                    var sums = top + (long)tile * tileLength;
                    if (isNarrow)
                        NarrowTapTile<TVector>.Run(pixels, images, tileOffsets, panel, sums);
                    else
                        TapTile<TVector>.Run(pixels, images, tileOffsets, panel, sums);
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
            var column = stack + (long)(f / width) * tiles * tileLength + f % width;
            for (var tap = 0; tap < shape.Taps; tap++)
                weight[(long)f * shape.Taps + tap] = column[(long)tap * width];
            if (bias is not null)
                bias[f] = column[(long)shape.Taps * width];
        }
    }

    /// <summary>All taps, the ones for the bias, and as many more as fill the last tile, whose sums nobody reads.</summary>
    private int* Offsets(int* offsets, in TapPlanes planes, int count)
    {
        planes.Offsets(offsets);
        for (var tap = shape.Taps; tap < count; tap++)
            offsets[tap] = planes.Length;
        return offsets;
    }

    /// <summary>One panel a vector wide: two vectors of half the width.</summary>
    private void PackNarrow<TVector>(int pixels, float* spaced, int spacedLength, float* packed)
        where TVector : struct, IVector<TVector>
    {
        if (TVector.Count == 16)
            RightPacking<Lanes8>.PackColumns(pixels, shape.Filters > 8 ? 16 : 8, spaced, spacedLength, packed);
        else
            RightPacking<Lanes4>.PackColumns(pixels, 8, spaced, spacedLength, packed);
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
        // Tiles are whole vectors.
        for (var i = 0; i < length; i += TVector.Count)
            TVector.Store(TVector.Load(left + i) + TVector.Load(right + i), left + i);
    }
}
