using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The weights of a trained model's dense and convolution layers in int8, for prediction. Biases, activations and all other layers stay in
/// float32. Immutable and shared by threads.
/// </summary>
public sealed unsafe class QuantizedWeights
{
    private readonly Dictionary<int, QuantizedMatrix> _matrices = [];

    private QuantizedWeights()
    {
    }

    /// <summary>How many weights are in int8.</summary>
    public long Weights => _matrices.Values.Sum(matrix => (long)matrix.Outputs * matrix.Inputs);

    /// <param name="parameters">Layout.Length floats.</param>
    /// <exception cref="ModelException">No layer takes int8, or one has too many inputs.</exception>
    public static QuantizedWeights Of(Network network, ReadOnlySpan<float> parameters)
    {
        var quantized = new QuantizedWeights();
        foreach (var weight in network.Layers.SelectMany(layer => layer.All).OfType<IQuantizable>().Select(layer => layer.QuantizedWeight))
            quantized._matrices.TryAdd(weight.Offset, new QuantizedMatrix(parameters.Slice(weight.Offset, weight.Length), weight.Shape[0], weight.Length / weight.Shape[0]));
        return quantized._matrices.Count > 0
            ? quantized : throw new ModelException("The model has no dense or conv2d layer: there is nothing that int8 could hold.");
    }

    /// <summary>y (rows, outputs) = x (rows, inputs) · Wᵀ; each row of x has a scale of its own.</summary>
    internal void Multiply(Parameter weight, int rows, float* x, float* y)
    {
        var matrix = _matrices[weight.Offset];
        var quantized = new short[matrix.Inputs];
        for (var row = 0; row < rows; row++)
        {
            var scale = QuantizedMatrix.Quantize(new ReadOnlySpan<float>(x + (long)row * matrix.Inputs, matrix.Inputs), quantized);
            matrix.Multiply(quantized, scale, y + (long)row * matrix.Outputs, stride: 1);
        }
    }

    /// <summary>y = x ∗ W + b; each image of x has a scale of its own.</summary>
    /// <param name="bias">By filter; null for none.</param>
    internal void Convolve(Parameter weight, in ConvolutionShape shape, int rows, float* x, float* bias, float* y)
    {
        var matrix = _matrices[weight.Offset];
        var (image, taps, pixels) = (new short[shape.InputLength], new short[shape.Taps], shape.OutputHeight * shape.OutputWidth);
        for (var row = 0; row < rows; row++, x += shape.InputLength, y += shape.OutputLength)
        {
            var scale = QuantizedMatrix.Quantize(new ReadOnlySpan<float>(x, shape.InputLength), image);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                Gather(shape, image, pixel / shape.OutputWidth, pixel % shape.OutputWidth, taps);
                matrix.Multiply(taps, scale, y + pixel, stride: pixels);
            }

            for (var i = 0; bias is not null && i < shape.OutputLength; i++)
                y[i] += bias[i / pixels];
        }
    }

    /// <summary>What the taps of one output pixel read; zero outside the image.</summary>
    private static void Gather(in ConvolutionShape shape, short[] image, int outputY, int outputX, short[] taps)
    {
        var tap = 0;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var kernelY = 0; kernelY < shape.KernelHeight; kernelY++)
            {
                var y = outputY * shape.Stride + kernelY - shape.Padding;
                for (var kernelX = 0; kernelX < shape.KernelWidth; kernelX++)
                {
                    var x = outputX * shape.Stride + kernelX - shape.Padding;
                    var isInside = (uint)y < (uint)shape.Height && (uint)x < (uint)shape.Width;
                    taps[tap++] = isInside ? image[(channel * shape.Height + y) * shape.Width + x] : (short)0;
                }
            }
        }
    }
}
