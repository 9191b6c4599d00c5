namespace DistributedTrainer.Learning;

/// <summary>
/// Floats that a pass needs from one point of its timeline to another: a layer's output, a gradient, what backward needs of forward.
/// Two blocks whose times do not meet may have the same memory.
/// </summary>
internal sealed unsafe class MemoryBlock(long length, int from)
{
    /// <summary>Number of floats, for all rows.</summary>
    public long Length => length;

    /// <summary>The step of the plan at which it is first written.</summary>
    public int From { get; } = from;

    /// <summary>The last step at which it is read.</summary>
    public int To { get; set; } = from;

    /// <summary>Floats from the arena's begin.</summary>
    public long Offset { get; set; }

    /// <summary>Its first float, 64-byte aligned; null until the plan is carried out.</summary>
    public float* Pointer { get; set; }

    public bool Meets(MemoryBlock other) => From <= other.To && other.From <= To;
}
