namespace DistributedTrainer.Data;

/// <summary>
/// Blackens a square about a random pixel; at the border a part of it is cut off (DeVries and Taylor 2017).
/// </summary>
/// <param name="Size">The square's side in pixels.</param>
public sealed record Cutout(int Size) : Augmentation
{
    internal override string? Misfit(ImageShape shape) => Size <= Math.Max(shape.Height, shape.Width)
        ? null : $"cutout: a square of {Size} pixels is larger than images of {shape}; allowed here: 1 to {Math.Max(shape.Height, shape.Width)}";

    internal override unsafe void Apply(in ImageWork image)
    {
        var shape = image.Shape;
        var (top, bottom) = Span(image.Draw.Whole(0, shape.Height), shape.Height);
        var (left, right) = Span(image.Draw.Whole(1, shape.Width), shape.Width);
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = top; row < bottom; row++)
                new Span<float>(image.Values + channel * shape.PlaneLength + row * shape.Width + left, right - left).Clear();
        }
    }

    private (int First, int End) Span(int centre, int length) =>
        (Math.Max(0, centre - Size / 2), Math.Min(length, centre - Size / 2 + Size));
}
