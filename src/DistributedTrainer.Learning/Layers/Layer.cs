namespace DistributedTrainer.Learning;

/// <summary>
/// A layer of a compiled model: shapes and parameter places are fixed. Immutable and shared by threads; what a pass needs beside
/// it stands in the <see cref="LayerPass"/>.
/// </summary>
internal abstract class Layer(string name)
{
    public string Name { get; } = name;

    /// <summary>The job file's word for it.</summary>
    public abstract string Kind { get; }

    /// <summary>Shape of its output without the batch axis.</summary>
    public abstract IReadOnlyList<int> OutputShape { get; }

    /// <summary>Its parameters with their places in the whole vector; weight then bias.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    public int OutputLength => OutputShape.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>Writes its initial parameters into the whole vector.</summary>
    public abstract void Initialize(Span<float> parameters, ulong seed);

    /// <summary>Memory for one thread's passes over up to <paramref name="maxRows"/> rows.</summary>
    public abstract LayerPass CreatePass(int maxRows);
}

/// <summary>
/// One thread's forward and backward passes through a layer. Rows are independent: the bits of a row's output and input gradient
/// do not depend on the rows beside it, and a slot's parameter gradients depend on that slot's rows only.
/// </summary>
internal abstract unsafe class LayerPass : IDisposable
{
    /// <summary>(rows, OutputLength) of the last <see cref="Forward"/>.</summary>
    public abstract float* Output { get; }

    /// <param name="parameters">The whole parameter vector.</param>
    /// <param name="input">(rows, InputLength).</param>
    public abstract void Forward(float* parameters, float* input, int rows);

    /// <param name="parameters">The whole parameter vector.</param>
    /// <param name="input">(rows, InputLength), as in the forward pass.</param>
    /// <param name="outputGradient">(rows, OutputLength): gradient of the loss by this layer's output. May be overwritten.</param>
    /// <param name="inputGradient">Receives (rows, InputLength); null where nobody needs it (the first layer).</param>
    /// <param name="slots">Where each slot's parameter gradients go; the slots' rows follow each other.</param>
    /// <param name="observer">A large layer tells it of parts that are final before the rest is computed, from the last element down.</param>
    public abstract void Backward(
        float* parameters, float* input, int rows, float* outputGradient, float* inputGradient, ReadOnlySpan<SlotWork> slots,
        IGradientObserver? observer);

    public abstract void Dispose();
}
