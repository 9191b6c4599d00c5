namespace DistributedTrainer.Learning;

/// <summary>One pass over some rows, as layers see it. What a layer reads and writes besides lies in its own blocks.</summary>
internal readonly unsafe ref struct Batch
{
    /// <summary>The whole parameter vector, running statistics at its end.</summary>
    public required float* Parameters { get; init; }

    public required int Rows { get; init; }

    /// <summary>Forward in preparation of a backward pass: dropout drops, normalization takes the slices' statistics.</summary>
    public bool Training { get; init; }

    /// <summary>In training, where each slot's gradients go; the slots' rows follow each other and their segments are the shards' slices.</summary>
    public ReadOnlySpan<SlotWork> Slots { get; init; }

    /// <summary>Hears of finished gradients; null where nobody listens.</summary>
    public IGradientObserver? Observer { get; init; }

    /// <summary>Where layers share parameters, their gradients; else null.</summary>
    public SharedGradients? Shared { get; init; }

    /// <summary>With the row ids and the step, the key of everything that a layer draws at random.</summary>
    public ulong Seed { get; init; }

    /// <summary>t, the version of the parameters.</summary>
    public uint Step { get; init; }

    /// <summary>(Rows): each row's number in the data set, whatever batch it is in. Only in training.</summary>
    public uint* RowIds { get; init; }

    /// <summary>Weights in int8 for layers that take them; null outside of prediction with int8.</summary>
    public QuantizedWeights? Quantized { get; init; }

    /// <summary>Whether each layer's output is rounded to bfloat16.</summary>
    public bool IsHalf { get; init; }
}
