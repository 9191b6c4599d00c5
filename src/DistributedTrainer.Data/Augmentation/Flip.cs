namespace DistributedTrainer.Data;

/// <summary>Mirrors the image, left to right and top to bottom, each with a probability of its own.</summary>
public sealed record Flip : Augmentation
{
    private const int RandomValues = 1 << 24;

    /// <summary>Of left and right changing sides: 0 to 1.</summary>
    public double Horizontal { get; init; } = 0.5;

    /// <summary>Of top and bottom changing sides: 0 to 1.</summary>
    public double Vertical { get; init; }

    internal override unsafe void Apply(in ImageWork image)
    {
        var shape = image.Shape;
        if (IsDrawn(image.Draw, 0, Horizontal))
        {
            for (var row = 0; row < shape.Channels * shape.Height; row++)
                new Span<float>(image.Values + row * shape.Width, shape.Width).Reverse();
        }

        if (!IsDrawn(image.Draw, 1, Vertical))
            return;
        image.CopyToScratch();
        for (var row = 0; row < shape.Channels * shape.Height; row++)
        {
            var mirrored = row / shape.Height * shape.Height + (shape.Height - 1 - row % shape.Height);
            new ReadOnlySpan<float>(image.Scratch + mirrored * shape.Width, shape.Width).CopyTo(
                new Span<float>(image.Values + row * shape.Width, shape.Width));
        }
    }

    /// <summary>24 random bits against the probability in the same unit, so that 0 is never and 1 is always.</summary>
    private static bool IsDrawn(ImageDraw draw, int index, double probability) =>
        draw.Uniform(index) * RandomValues < (float)(probability * RandomValues);
}
