using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The passes of y = x + f(x), f being layers one after another.</summary>
/// <param name="inner">The layers of f; they give the shape that they take.</param>
internal sealed unsafe class ResidualBranch(IReadOnlyList<Layer> inner) : IDisposable
{
    private readonly SequencePass _inner = new(inner);
    private readonly int _length = inner[0].InputLength;
    private MemoryBlock? _input;
    private MemoryBlock? _branch;
    private MemoryBlock? _output;
    private MemoryBlock? _outputGradient;
    private MemoryBlock? _branchGradient;
    private MemoryBlock? _branchInputGradient;

    public MemoryBlock PlanForward(MemoryPlan memory, MemoryBlock input)
    {
        _input = input;
        _branch = _inner.PlanForward(memory, input);
        memory.Next();
        memory.Use(input);
        memory.Use(_branch);
        return _output = memory.Reserve(_length);
    }

    /// <returns>The gradient by x, in the place of that by y; null where nobody needs it.</returns>
    public MemoryBlock? PlanBackward(MemoryPlan memory, MemoryBlock outputGradient, bool needsInputGradient)
    {
        memory.Next();
        memory.Use(_outputGradient = outputGradient);

        // Inner layers may overwrite their output's gradient, and ours is still to be added.
        _branchGradient = memory.Reserve(_length);
        _branchInputGradient = _inner.PlanBackward(memory, _branchGradient, needsInputGradient);
        memory.Next();
        memory.Use(outputGradient);
        if (!needsInputGradient)
            return null;
        memory.Use(_branchInputGradient!);
        return outputGradient;
    }

    public void Forward(in Batch batch)
    {
        _inner.Forward(batch);
        Elementwise.Map(default(Addition), _branch!.Pointer, _input!.Pointer, _output!.Pointer, checked(batch.Rows * _length));
    }

    public void Backward(in Batch batch)
    {
        var length = checked(batch.Rows * _length);
        new Span<float>(_outputGradient!.Pointer, length).CopyTo(new(_branchGradient!.Pointer, length));
        _inner.Backward(batch);
        if (_branchInputGradient is not null)
            GradientSum.Add(_outputGradient.Pointer, _branchInputGradient.Pointer, length);
    }

    public void Dispose() => _inner.Dispose();
}
