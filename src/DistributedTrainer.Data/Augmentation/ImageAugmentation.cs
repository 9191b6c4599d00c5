using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>The changes of a job's training images, in order, checked against their shape. Immutable and shared by threads.</summary>
internal sealed class ImageAugmentation
{
    private readonly Augmentation[] _changes;
    private readonly Philox _random;
    private readonly float _white;

    private ImageAugmentation(IReadOnlyList<Augmentation> changes, ImageShape shape, float white, ulong seed)
    {
        (_changes, Shape, _white) = ([.. changes], shape, white);
        _random = new Philox(seed, RandomPurpose.Augmentation);
    }

    public ImageShape Shape { get; }

    /// <param name="changes">None makes null.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="inputShape">One input without the batch axis.</param>
    /// <param name="areBytes">Whether a white pixel is 255; else it is 1.</param>
    /// <exception cref="DataException">The inputs are no images, or a change does not fit them.</exception>
    public static ImageAugmentation? Of(IReadOnlyList<Augmentation> changes, string name, IReadOnlyList<int> inputShape, bool areBytes, ulong seed)
    {
        if (changes.Count == 0)
            return null;
        if (ImageShape.Of(inputShape) is not { } shape)
        {
            throw new DataException($"{name}: inputs of shape ({string.Join(", ", inputShape)}) are no images, which have (height, width) or "
                + "(channels, height, width); remove the key augment.");
        }

        foreach (var change in changes)
        {
            if (change.Misfit(shape) is { } misfit)
                throw new DataException($"{name}: augment: {misfit}.");
        }

        return new ImageAugmentation(changes, shape, areBytes ? 255 : 1, seed);
    }

    /// <summary>Changes one image in place.</summary>
    /// <param name="values">The raw image.</param>
    /// <param name="scratch">As long as the image.</param>
    /// <param name="row">The row's number in the data set.</param>
    public unsafe void Apply(float* values, float* scratch, uint row, uint epoch)
    {
        for (var place = 0; place < _changes.Length; place++)
            _changes[place].Apply(new ImageWork(values, scratch, Shape, _white, new ImageDraw(_random, (uint)place, row, epoch)));
    }
}
