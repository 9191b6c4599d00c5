namespace DistributedTrainer.Data;

/// <summary>
/// Takes a part of the image, at a random place, and brings it back to the whole size by bilinear interpolation. Its sides are from
/// <paramref name="Least"/> to all of the image's.
/// </summary>
public sealed record Crop(double Least) : Augmentation
{
    internal override unsafe void Apply(in ImageWork image)
    {
        var least = (float)Least;
        var side = least + (1 - least) * image.Draw.Uniform(0);
        var left = image.Draw.Uniform(1) * ((1 - side) * (image.Shape.Width - 1));
        var top = image.Draw.Uniform(2) * ((1 - side) * (image.Shape.Height - 1));
        new PlaneMap(side, 0, left, 0, side, top).Apply(image);
    }
}
