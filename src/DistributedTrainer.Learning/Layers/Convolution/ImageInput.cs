namespace DistributedTrainer.Learning;

/// <summary>What layers for images take.</summary>
internal static class ImageInput
{
    /// <summary>The input as (channels, height, width); two axes are one channel's.</summary>
    /// <exception cref="ModelException">It has another number of axes.</exception>
    public static Shape Image(this LayerBuilder builder) => builder.Input.Count switch
    {
        2 => new Shape([1, .. builder.Input]),
        3 => builder.Input,
        _ => throw builder.Refuse(
            $"takes images, (channels, height, width) or (height, width), but its input has the shape {builder.Input}; "
            + "put reshape: { to: [channels, height, width] } before it."),
    };
}
