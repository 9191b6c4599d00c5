namespace DistributedTrainer.Data;

/// <summary>One image that is being changed.</summary>
/// <param name="values">(channels, height, width), raw.</param>
/// <param name="scratch">As long as the image; its contents are undefined.</param>
/// <param name="white">The value of a white pixel: 255 where images are bytes, else 1. Black is 0.</param>
internal readonly unsafe ref struct ImageWork(float* values, float* scratch, ImageShape shape, float white, ImageDraw draw)
{
    public float* Values => values;

    public float* Scratch => scratch;

    public ImageShape Shape => shape;

    public float White => white;

    public ImageDraw Draw => draw;

    /// <summary>Copies the image to <see cref="Scratch"/>, to be read while <see cref="Values"/> is written.</summary>
    public void CopyToScratch() => new ReadOnlySpan<float>(values, shape.Length).CopyTo(new Span<float>(scratch, shape.Length));
}
