using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Sums over taps for all pixels of images, image by image: the forward pass, and the gradient by the input, which is a convolution of the
/// output's gradient with the kernels turned around. A product of weights (outputs, taps) with taps (taps, pixels), whose right operand is read from
/// the planes as it is.
/// </summary>
internal readonly unsafe struct PlaneKernel(
    TapPlanes planes, int rows, int outputs, int taps, float* source, float* weight, float* bias, float* target, int height, int width,
    bool isRectified, bool isGradient) : IVectorKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var columns = RegisterTile<TVector>.Columns;
        var pixels = (height - 1) * planes.Pitch + width;
        var stride = (pixels + columns - 1) / columns * columns;
        var workspace = Workspace.Current;
        var packed = workspace.Left(LeftPacking.Length(outputs, taps));
        LeftPacking.PackRows(outputs, taps, weight, taps, packed);
        var offsets = workspace.Offsets(taps);
        planes.Offsets(offsets);
        var images = workspace.Planes((long)planes.Length + columns);
        new Span<float>(images, planes.Length + columns).Clear();
        var sums = workspace.Tiles((long)(outputs + LeftPacking.PanelRows) * stride);
        var sourceLength = (long)planes.Channels * planes.Height * planes.Width;
        for (var row = 0; row < rows; row++)
        {
            planes.Fill(source + row * sourceLength, images);
            for (var pixel = 0; pixel < stride; pixel += columns)
            {
                for (var output = 0; output < outputs; output += LeftPacking.PanelRows)
                {
                    ShiftedTile<TVector>.Run(
                        LeftPacking.HeightOf(outputs - output), taps, packed + (long)output * taps, offsets, images + pixel,
                        sums + (long)output * stride + pixel, stride);
                }
            }

            Compact<TVector>(sums, stride, target + (long)row * outputs * height * width);
        }
    }

    /// <summary>
    /// Leaves out what lies between the rows, adds the bias and applies the rectifier. A row's last vector goes beyond its end: the next row
    /// is written over that. Only where no room is left behind, after the last of all rows, do single pixels remain.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compact<TVector>(float* sums, int stride, float* to)
        where TVector : struct, IVector<TVector>
    {
        var finish = new OutputFinish(bias is not null || isGradient, isRectified);
        var last = target + (long)rows * outputs * height * width - TVector.Count;
        for (var output = 0; output < outputs; output++)
        {
            var single = bias is null ? 0 : bias[output];
            var add = TVector.Broadcast(single);
            for (var y = 0; y < height; y++, to += width)
            {
                var from = sums + (long)output * stride + y * planes.Pitch;
                var x = 0;
                for (; x < width && to + x <= last; x += TVector.Count)
                    TVector.Store(finish.Of(TVector.Load(from + x), add), to + x);
                for (; x < width; x++)
                    Lanes1.Store(finish.Of(Lanes1.Load(from + x), Lanes1.Broadcast(single)), to + x);
            }
        }
    }
}
