using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Gradients by weight and bias, image by image: the sums of all taps and filters stay in the second-level cache while the images of a segment
/// pass, then they are added along the segments' tree. The bias is one more tap, whose input is 1.
/// </summary>
internal readonly unsafe struct FilterGradientKernel(
    ConvolutionShape shape, float* dy, float* x, Segment* segments, int segmentCount, int depth, float* weight, float* bias) : IVectorKernel
{
    /// <summary>What a chain of <see cref="NarrowTapTile{TVector}"/> takes, as a multiple of one of <see cref="TapGrid"/>: eight are just enough.</summary>
    private const double NarrowCost = 1.1;

    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var hasBias = bias is not null;
        var planes = TapPlanes.OfInput(shape);
        var workspace = Workspace.Current;
        if (TVector.Count == 16)
        {
            var listed = NarrowCost * ListedTiles<TVector>.Offsets(shape, hasBias);
            var sixteen = shape.Filters <= 16 ? GridTiles<SixteenFilters>.Chains(shape) : int.MaxValue;
            var eight = shape is { Filters: <= 8, Stride: 1 } ? GridTiles<EightFilters>.Chains(shape) : int.MaxValue;
            if (eight < sixteen && eight < listed)
            {
                Run<TVector, GridTiles<EightFilters>>(
                    planes, new(shape, planes, hasBias, workspace.Offsets(GridTiles<EightFilters>.Offsets(shape))));
                return;
            }

            if (sixteen < listed)
            {
                Run<TVector, GridTiles<SixteenFilters>>(
                    planes, new(shape, planes, hasBias, workspace.Offsets(GridTiles<SixteenFilters>.Offsets(shape))));
                return;
            }
        }

        Run<TVector, ListedTiles<TVector>>(
            planes, new(shape, planes, hasBias, workspace.Offsets(ListedTiles<TVector>.Offsets(shape, hasBias))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TVector, TTiles>(in TapPlanes planes, TTiles tiles)
        where TVector : struct, IVector<TVector>
        where TTiles : struct, IFilterTiles
    {
        var workspace = Workspace.Current;
        var length = tiles.Length;
        var ones = (shape.OutputHeight - 1) * planes.Pitch + shape.OutputWidth;
        var images = workspace.Planes((long)planes.Length + ones);
        new Span<float>(images, planes.Length).Clear();
        new Span<float>(images + planes.Length, ones).Fill(1);
        var packed = workspace.Right((long)tiles.PackedWidth * shape.OutputHeight * shape.OutputWidth);
        var stack = workspace.Tiles((long)depth * length);

        var top = stack;
        var row = 0L;
        for (var segment = segments; segment < segments + segmentCount; segment++)
        {
            new Span<float>(top, length).Clear();
            for (var end = row + segment->Rows; row < end; row++)
            {
                planes.Fill(x + row * shape.InputLength, images);
                tiles.Pack(dy + row * shape.OutputLength, packed);
                tiles.Run(images, packed, top);
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
            for (var tap = 0; tap < shape.Taps; tap++)
                weight[(long)f * shape.Taps + tap] = stack[tiles.Place(f, tap)];
            if (bias is not null)
                bias[f] = stack[tiles.Place(f, shape.Taps)];
        }
    }

    private static void Add<TVector>(float* left, float* right, int length)
        where TVector : struct, IVector<TVector>
    {
        // Tiles are whole vectors.
        for (var i = 0; i < length; i += TVector.Count)
            TVector.Store(TVector.Load(left + i) + TVector.Load(right + i), left + i);
    }
}
