using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// y = activation(x ∗ W + b): each output pixel of a filter sums a window of all channels (LeCun et al. 1989). Input (channels, height,
/// width), or (height, width) for one channel; W (filters, channels, kernel, kernel); output (filters, height, width), where
/// output height = (height + 2·padding − kernel) / stride + 1, rounded down.
/// </summary>
public sealed record Conv2d(int Filters, int Kernel) : LayerSpec
{
    public override string Kind => "conv2d";

    public int Stride { get; init; } = 1;

    /// <summary>Zeros around the image.</summary>
    public int Padding { get; init; }

    public Activation Activation { get; init; } = Activation.None;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;

    public bool Bias { get; init; } = true;

    internal override Activation EndsIn => Activation;

    internal override Layer Compile(LayerBuilder builder) => new Conv2dLayer(this, builder, ShapeOf(builder));

    private ConvolutionShape ShapeOf(LayerBuilder builder)
    {
        var image = builder.Image();
        builder.AtLeastOne(Filters, "filters");
        builder.AtLeastOne(Kernel, "kernel rows and columns");
        builder.AtLeastOne(Stride, "pixels of stride");
        if (Padding < 0)
            throw builder.Refuse($"has a padding of {Padding}; it needs at least 0.");
        var (height, width) = (image[1] + 2 * Padding, image[2] + 2 * Padding);
        if (Kernel > Math.Min(height, width))
            throw builder.Refuse($"has a kernel of {Kernel} by {Kernel}, more than its input of shape {image} with a padding of {Padding}: {height} by {width}.");
        return new ConvolutionShape(image[0], image[1], image[2], Filters, Kernel, Kernel, Stride, Padding);
    }
}
