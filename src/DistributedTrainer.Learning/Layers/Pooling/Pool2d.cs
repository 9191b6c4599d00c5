namespace DistributedTrainer.Learning;

/// <summary>What a pool takes of its window.</summary>
public enum Pooling
{
    Max,
    Average,
}

/// <summary>
/// The greatest, or the mean, of each window of each channel: (channels, height, width) becomes (channels, output height, output
/// width), where output height = (height − size) / stride + 1, rounded down. The gradient of the greatest goes to the first of equals.
/// </summary>
public sealed record Pool2d(Pooling Take, int Size) : LayerSpec
{
    public override string Kind => Take == Pooling.Max ? "max-pool" : "average-pool";

    /// <summary>Pixels from window to window; null for windows side by side.</summary>
    public int? Stride { get; init; }

    internal override Layer Compile(LayerBuilder builder)
    {
        var image = builder.Image();
        builder.AtLeastOne(Size, "rows and columns in its window");
        builder.AtLeastOne(Stride ?? Size, "pixels of stride");
        if (Size > Math.Min(image[1], image[2]))
            throw builder.Refuse($"has a window of {Size} by {Size}, more than its input of shape {image}.");
        var window = new PoolWindow(image[0], image[1], image[2], Size, Stride ?? Size);
        return Take == Pooling.Max ? new MaxPoolLayer(this, builder, window) : new AveragePoolLayer(this, builder, window);
    }
}

/// <summary>Sizes of a pool.</summary>
internal readonly record struct PoolWindow(int Channels, int Height, int Width, int Size, int Stride)
{
    public int OutputHeight => (Height - Size) / Stride + 1;

    public int OutputWidth => (Width - Size) / Stride + 1;

    public Shape Output => new(Channels, OutputHeight, OutputWidth);
}
