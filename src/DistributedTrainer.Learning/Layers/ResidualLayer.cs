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

    private sealed class Pass(ResidualLayer layer) : LayerPass(layer)
    {
        private readonly ResidualBranch _branch = new(layer.Inner);

        public override void Forward(in Batch batch) => _branch.Forward(batch);

        public override void Backward(in Batch batch) => _branch.Backward(batch);

        public override void Dispose() => _branch.Dispose();

        protected override MemoryBlock ReserveForward(MemoryPlan memory) => _branch.PlanForward(memory, Input);

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient) =>
            _branch.PlanBackward(memory, OutputGradient, needsInputGradient);
    }
}
