using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>Turns the image about its middle by up to so many degrees either way, between pixels by bilinear interpolation.</summary>
public sealed record Rotate(double Degrees) : Augmentation
{
    private const float RadiansPerDegree = 0.0174532925f;

    internal override unsafe void Apply(in ImageWork image)
    {
        var angle = (2 * image.Draw.Uniform(0) - 1) * ((float)Degrees * RadiansPerDegree);
        var (sin, cos) = (VectorMath.Sin(angle), VectorMath.Cos(angle));
        var (centreX, centreY) = ((image.Shape.Width - 1) * 0.5f, (image.Shape.Height - 1) * 0.5f);
        new PlaneMap(cos, sin, centreX - cos * centreX - sin * centreY, -sin, cos, centreY + sin * centreX - cos * centreY).Apply(image);
    }
}
