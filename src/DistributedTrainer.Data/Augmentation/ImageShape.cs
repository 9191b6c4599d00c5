namespace DistributedTrainer.Data;

/// <summary>An image as its values lie: (channels, height, width), one plane a channel.</summary>
internal readonly record struct ImageShape(int Channels, int Height, int Width)
{
    public int PlaneLength => Height * Width;

    public int Length => Channels * PlaneLength;

    /// <summary>(height, width) or (channels, height, width); null for other shapes.</summary>
    public static ImageShape? Of(IReadOnlyList<int> shape) => shape switch
    {
        [var height, var width] => new ImageShape(1, height, width),
        [var channels, var height, var width] => new ImageShape(channels, height, width),
        _ => null,
    };

    public override string ToString() => $"{Height} by {Width}";
}
