namespace DistributedTrainer.Data;

/// <summary>Moves the image by up to so many pixels, whole ones, down or up and right or left; what comes in is black.</summary>
public sealed record Shift(int Pixels) : Augmentation
{
    internal override string? Misfit(ImageShape shape) => Pixels < Math.Min(shape.Height, shape.Width)
        ? null : $"shift: {Pixels} pixels move an image of {shape} out of sight; allowed here: 1 to {Math.Min(shape.Height, shape.Width) - 1}";

    internal override unsafe void Apply(in ImageWork image)
    {
        var down = image.Draw.Whole(0, 2 * Pixels + 1) - Pixels;
        var right = image.Draw.Whole(1, 2 * Pixels + 1) - Pixels;
        if (down == 0 && right == 0)
            return;
        image.CopyToScratch();
        var shape = image.Shape;
        new Span<float>(image.Values, shape.Length).Clear();
        var (from, to, count) = (Math.Max(0, -right), Math.Max(0, right), shape.Width - Math.Abs(right));
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = Math.Max(0, down); row < shape.Height + Math.Min(0, down); row++)
            {
                var source = image.Scratch + channel * shape.PlaneLength + (row - down) * shape.Width + from;
                new ReadOnlySpan<float>(source, count).CopyTo(
                    new Span<float>(image.Values + channel * shape.PlaneLength + row * shape.Width + to, count));
            }
        }
    }
}
