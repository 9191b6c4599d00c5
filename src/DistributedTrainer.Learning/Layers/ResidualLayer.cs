namespace DistributedTrainer.Learning;

/// <summary>y = x + f(x), f the inner layers one after another; they give the shape that they take (He et al. 2016).</summary>
public sealed record Residual(IReadOnlyList<LayerSpec> Layers) : LayerSpec
{
    public override string Kind => "residual";

    public bool Equals(Residual? other) => base.Equals(other) && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() => Layers.Aggregate(base.GetHashCode(), HashCode.Combine);

    internal override Layer Compile(LayerBuilder builder) => new ResidualLayer(this, builder);

    internal override LayerSpec WithInnerNames() => this with { Layers = LayerNames.Assign(Layers) };
}

/// <summary>y = x + f(x): all (rows, …) of one shape. One rounding after f.</summary>
internal sealed class ResidualLayer : Layer
{
    public ResidualLayer(Residual spec, LayerBuilder builder)
        : base(spec, builder, builder.Input)
    {
        Inner = builder.Inner(spec.Layers, builder.Input);
        if (Inner.Count == 0)
            throw builder.Refuse("has no inner layers; it needs at least one.");
        if (!Inner[^1].OutputShape.Equals(builder.Input))
            throw builder.Refuse($"adds its input of shape {builder.Input} to what '{Inner[^1].Name}' gives, {Inner[^1].OutputShape}; the shapes must be equal.");
    }

    public override IReadOnlyList<Layer> Inner { get; }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(ResidualLayer layer) : LayerPass(layer)
    {
        private readonly SequencePass _inner = new(layer.Inner);
        private MemoryBlock? _branch;
        private MemoryBlock? _branchGradient;
        private MemoryBlock? _branchInputGradient;

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _branch = _inner.PlanForward(memory, Input);
            memory.Next();
            memory.Use(Input);
            memory.Use(_branch);
            return base.ReserveForward(memory);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            // Inner layers may overwrite their output's gradient, and ours is still to be added.
            _branchGradient = memory.Reserve(layer.OutputLength);
            _branchInputGradient = _inner.PlanBackward(memory, _branchGradient, needsInputGradient);
            memory.Next();
            memory.Use(OutputGradient);
            if (needsInputGradient)
                memory.Use(_branchInputGradient!);
            return needsInputGradient ? OutputGradient : null;
        }

        public override void Forward(in Batch batch)
        {
            _inner.Forward(batch);
            var length = checked(batch.Rows * layer.OutputLength);
            Floats(_branch!, length).CopyTo(Floats(Output, length));
            GradientSum.Add(Output.Pointer, Input.Pointer, length);
        }

        public override void Backward(in Batch batch)
        {
            var length = checked(batch.Rows * layer.OutputLength);
            Floats(OutputGradient, length).CopyTo(Floats(_branchGradient!, length));
            _inner.Backward(batch);
            if (InputGradient is not null)
                GradientSum.Add(OutputGradient.Pointer, _branchInputGradient!.Pointer, length);
        }

        public override void Dispose() => _inner.Dispose();

        private static Span<float> Floats(MemoryBlock block, int length) => new(block.Pointer, length);
    }
}
