namespace DistributedTrainer.Numerics;

/// <summary>
/// The taps of two neighbouring pixels in the chain's order, all steps in floats: planes of the source, rows of the kernel, and of a row first the taps
/// that only the first pixel has, then those of both, then those of the second.
/// </summary>
internal struct InterleavedWalk
{
    /// <summary>From the first pixel's place to the second's.</summary>
    public nint Second;

    public int Planes;
    public nint PlaneStep;
    public int Rows;
    public nint RowStep;
    public nint TapStep;

    /// <summary>Whether there is a tap that only the first pixel has.</summary>
    public bool HasFirst;

    public int Both;

    /// <summary>Whether there is a tap that only the second pixel has.</summary>
    public bool HasSecond;

    /// <summary>Taps of the weights between the begins of two kernel rows and of two planes.</summary>
    public int KernelRow;
    public int KernelPlane;
}
