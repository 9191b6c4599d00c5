using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Layers one after another: the model itself, and the lists inside layers that have some.</summary>
internal sealed class SequencePass(IReadOnlyList<Layer> layers) : IDisposable
{
    private readonly LayerPass[] _passes = [.. layers.Select(layer => layer.CreatePass())];
    private readonly int?[] _firstParameters = [.. layers.Select(layer => layer.FirstParameter)];

    /// <summary>Layers before this one need no backward pass: nothing in them is trained, and nobody asks for the gradient by their input.</summary>
    private int _firstBackward;

    public IReadOnlyList<LayerPass> Passes => _passes;

    public MemoryBlock PlanForward(MemoryPlan memory, MemoryBlock input)
    {
        foreach (var pass in _passes)
            input = pass.PlanForward(memory, input);
        return input;
    }

    public MemoryBlock? PlanBackward(MemoryPlan memory, MemoryBlock outputGradient, bool needsInputGradient)
    {
        while (!needsInputGradient && _firstBackward < layers.Count && !layers[_firstBackward].IsTrained)
            _firstBackward++;
        MemoryBlock? gradient = outputGradient;
        for (var i = _passes.Length - 1; i >= _firstBackward; i--)
            gradient = _passes[i].PlanBackward(memory, gradient!, needsInputGradient || i > _firstBackward);
        return gradient;
    }

    public unsafe void Forward(in Batch batch)
    {
        for (var i = 0; i < _passes.Length; i++)
        {
            _passes[i].Forward(batch);
            if (batch.IsHalf)
                Bfloat16.Round(_passes[i].Output.Pointer, _passes[i].Output.Pointer, batch.Rows * layers[i].OutputLength);
        }
    }

    public void Backward(in Batch batch)
    {
        for (var i = _passes.Length - 1; i >= _firstBackward; i--)
        {
            if (batch.Shared is { } shared && shared.Concerns(layers[i]))
                shared.Backward(layers[i], _passes[i], batch);
            else
                _passes[i].Backward(batch);
            if (batch.Observer is not null && _firstParameters[i] is { } first)
                batch.Observer.FinalFrom(first);
        }
    }

    public void Dispose()
    {
        foreach (var pass in _passes)
            pass.Dispose();
    }
}
