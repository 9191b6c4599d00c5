namespace DistributedTrainer.Numerics;

/// <summary>How the chains of a weight gradient, one for each filter and tap, are dealt out to register tiles.</summary>
internal unsafe interface IFilterTiles
{
    /// <summary>Floats of all tiles' sums: whole vectors.</summary>
    int Length { get; }

    /// <summary>Floats of a packed gradient a pixel.</summary>
    int PackedWidth { get; }

    /// <summary>Rearranges an image's gradient (filters, pixels) as the tiles read it.</summary>
    void Pack(float* gradient, float* packed);

    /// <summary>Carries all chains on over an image's output pixels.</summary>
    void Run(float* image, float* packed, float* sums);

    /// <summary>Where a chain's sum stands; the tap after the last is the bias.</summary>
    int Place(int filter, int tap);
}
