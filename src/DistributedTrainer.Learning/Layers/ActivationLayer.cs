namespace DistributedTrainer.Learning;

/// <summary>y = f(x), element by element (softmax: over the last axis).</summary>
public sealed record Activate(Activation Function) : LayerSpec
{
    public override string Kind => "activation";

    internal override Activation EndsIn => Function;

    internal override Layer Compile(LayerBuilder builder) => new ActivationLayer(this, builder);
}

/// <summary>y = f(x): x and y are (rows, …, columns).</summary>
internal sealed class ActivationLayer(Activate spec, LayerBuilder builder) : Layer(spec, builder, builder.Input)
{
    private ActivationFunction Function { get; } = ActivationFunction.For(spec.Function);

    private bool KeepsOutput => !Function.KeepsSum && spec.Function != Activation.None;

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(ActivationLayer layer) : LayerPass(layer)
    {
        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            if (layer.Function.KeepsSum)
                memory.Use(Input);
            if (layer.KeepsOutput)
                memory.Use(Output);
            return OutputGradient;
        }

        public override void Forward(in Batch batch)
        {
            var columns = layer.OutputShape[^1];
            layer.Function.Forward(Input.Pointer, Output.Pointer, batch.Rows * (layer.OutputLength / columns), columns);
        }

        public override void Backward(in Batch batch)
        {
            var columns = layer.OutputShape[^1];
            var kept = layer.Function.KeepsSum ? Input : Output;
            layer.Function.Backward(kept.Pointer, OutputGradient.Pointer, batch.Rows * (layer.OutputLength / columns), columns);
        }
    }
}
