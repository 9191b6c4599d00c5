using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Multi-head self-attention over an input (time, width) (Vaswani et al. 2017): queries, keys and values from one product, qkv
/// (3·width, width), heads side by side in each; what the heads give goes through proj (width, width).
/// </summary>
/// <param name="Heads">Heads, a divisor of the width.</param>
public sealed record Attention(int Heads) : LayerSpec
{
    public override string Kind => "attention";

    /// <summary>Whether a position sees itself and the positions before it only.</summary>
    public bool Causal { get; init; }

    public bool Bias { get; init; } = true;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;

    /// <summary>How proj starts; null starts it as qkv.</summary>
    public InitializerSpec? OutputInitializer { get; init; }

    internal override Layer Compile(LayerBuilder builder) => new AttentionLayer(this, builder);
}

/// <summary>The three layers of attention one after another.</summary>
internal sealed class AttentionLayer : Layer
{
    public AttentionLayer(Attention spec, LayerBuilder builder)
        : base(spec, builder, builder.Input)
    {
        builder.AtLeastOne(spec.Heads, "heads");
        if (builder.Input.Count != 2)
            throw builder.Refuse($"takes an input of shape (time, width), not {builder.Input}; put an embedding or a reshape before it.");
        var width = builder.Input[1];
        if (width % spec.Heads != 0)
            throw builder.Refuse($"has {spec.Heads} heads over a width of {width}; the width must be a multiple of the heads.");
        var dense = new Dense(width) { PerPosition = true, Bias = spec.Bias, Initializer = spec.Initializer };
        Inner = builder.Inner(
            [
                dense with { Units = 3 * width, Name = "qkv" },
                new AttentionHeads(spec.Heads, spec.Causal) { Name = "heads" },
                dense with { Name = "proj", Initializer = spec.OutputInitializer ?? spec.Initializer },
            ],
            builder.Input);
    }

    public override IReadOnlyList<Layer> Inner { get; }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed class Pass(AttentionLayer layer) : LayerPass(layer)
    {
        private readonly SequencePass _inner = new(layer.Inner);

        public override void Forward(in Batch batch) => _inner.Forward(batch);

        public override void Backward(in Batch batch) => _inner.Backward(batch);

        public override void Dispose() => _inner.Dispose();

        protected override MemoryBlock ReserveForward(MemoryPlan memory) => _inner.PlanForward(memory, Input);

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient) =>
            _inner.PlanBackward(memory, OutputGradient, needsInputGradient);
    }
}

/// <summary>What stands between the two products of attention.</summary>
internal sealed record AttentionHeads(int Heads, bool Causal) : LayerSpec
{
    public override string Kind => "heads";

    internal override Layer Compile(LayerBuilder builder) => new AttentionHeadsLayer(this, builder);
}

/// <summary>(rows, time, 3·width) to (rows, time, width): soft-max of queries and keys over the values. No parameters.</summary>
internal sealed class AttentionHeadsLayer(AttentionHeads spec, LayerBuilder builder)
    : Layer(spec, builder, new Shape(builder.Input[0], builder.Input[1] / 3))
{
    private AttentionShape Sizes { get; } = new(builder.Input[0], builder.Input[1] / 3, spec.Heads, spec.Causal);

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(AttentionHeadsLayer layer) : LayerPass(layer)
    {
        private readonly AttentionScratch _scratch = new(layer.Sizes);

        /// <summary>(rows, heads, time) each.</summary>
        private MemoryBlock? _maxima;
        private MemoryBlock? _denominators;

        public override void Forward(in Batch batch)
        {
            var kernel = new AttentionForward
            {
                Shape = layer.Sizes,
                Rows = batch.Rows,
                Projected = Input.Pointer,
                Output = Output.Pointer,
                Maxima = _maxima!.Pointer,
                Denominators = _denominators!.Pointer,
                Scratch = _scratch,
            };
            VectorPath.Run(ref kernel);
        }

        public override void Backward(in Batch batch)
        {
            if (InputGradient is null)
                return;
            var kernel = new AttentionBackward
            {
                Shape = layer.Sizes,
                Rows = batch.Rows,
                Projected = Input.Pointer,
                Output = Output.Pointer,
                OutputGradient = OutputGradient.Pointer,
                Maxima = _maxima!.Pointer,
                Denominators = _denominators!.Pointer,
                ProjectedGradient = InputGradient.Pointer,
                Scratch = _scratch,
            };
            VectorPath.Run(ref kernel);
        }

        public override void Dispose() => _scratch.Dispose();

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _maxima = memory.Reserve(layer.Sizes.Heads * layer.Sizes.Time);
            _denominators = memory.Reserve(layer.Sizes.Heads * layer.Sizes.Time);
            return memory.Reserve(layer.OutputLength);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            foreach (var block in (ReadOnlySpan<MemoryBlock>)[Input, Output, _maxima!, _denominators!])
                memory.Use(block);
            return base.ReserveBackward(memory, needsInputGradient);
        }
    }
}
