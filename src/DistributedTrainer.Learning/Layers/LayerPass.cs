namespace DistributedTrainer.Learning;

/// <summary>
/// One thread's forward and backward passes through a layer, in memory that is planned once: first <see cref="PlanForward"/> of all
/// layers, then <see cref="PlanBackward"/> of all in reverse, in the order in which they will run. Rows are independent: the bits of a row's output
/// and input gradient do not depend on the rows beside it (batch normalization: beside its slice), and a slot's parameter gradients
/// depend on that slot's rows only.
/// </summary>
internal abstract unsafe class LayerPass(Layer layer) : IDisposable
{
    private MemoryBlock? _input;
    private MemoryBlock? _output;
    private MemoryBlock? _outputGradient;

    public MemoryBlock Input => _input!;

    /// <summary>(rows, OutputLength) of the last <see cref="Forward"/>.</summary>
    public MemoryBlock Output => _output!;

    /// <summary>(rows, OutputLength): gradient of the loss by the output. Backward may overwrite it.</summary>
    public MemoryBlock OutputGradient => _outputGradient!;

    /// <summary>Receives (rows, InputLength) in the backward pass; null where nobody needs it.</summary>
    public MemoryBlock? InputGradient { get; private set; }

    public MemoryBlock PlanForward(MemoryPlan memory, MemoryBlock input)
    {
        memory.Next();
        memory.Use(_input = input);
        return _output = ReserveForward(memory);
    }

    /// <param name="needsInputGradient">False where nothing before this layer is trained.</param>
    public MemoryBlock? PlanBackward(MemoryPlan memory, MemoryBlock outputGradient, bool needsInputGradient)
    {
        memory.Next();
        memory.Use(_outputGradient = outputGradient);
        InputGradient = ReserveBackward(memory, needsInputGradient);
        return InputGradient;
    }

    /// <summary>From <see cref="Input"/> to <see cref="Output"/>.</summary>
    public abstract void Forward(in Batch batch);

    /// <summary>
    /// From <see cref="OutputGradient"/> to <see cref="InputGradient"/> and the slots' parameter gradients. A large layer tells the observer
    /// of parts that are final before the rest is computed, from the last element down.
    /// </summary>
    public abstract void Backward(in Batch batch);

    public virtual void Dispose()
    {
    }

    /// <summary>Reserves what the forward pass writes, and returns the output: a block of its own, or the input where it hands that on.</summary>
    protected virtual MemoryBlock ReserveForward(MemoryPlan memory) => memory.Reserve(layer.OutputLength);

    /// <summary>
    /// Says with <see cref="MemoryPlan.Use"/> what of the forward pass the backward pass reads (the input, the output, other blocks), and
    /// returns the gradient by the input: a block of its own, or that by the output where it works in place.
    /// </summary>
    protected virtual MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient) =>
        needsInputGradient ? memory.Reserve(layer.InputLength) : null;
}
