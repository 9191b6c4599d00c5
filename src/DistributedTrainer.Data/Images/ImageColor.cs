namespace DistributedTrainer.Data;

/// <summary>What the values of an image are.</summary>
public enum ImageColor
{
    /// <summary>(height, width), one byte a pixel.</summary>
    Grayscale,

    /// <summary>(3, height, width): a plane each of red, green and blue.</summary>
    Rgb,
}
