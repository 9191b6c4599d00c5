namespace DistributedTrainer.Learning;

/// <summary>Where a transformer block normalizes.</summary>
public enum NormPlace
{
    /// <summary>x + f(norm(x)): what each branch reads (Radford et al. 2019).</summary>
    Pre,

    /// <summary>norm(x + f(x)): what each sum gives (Vaswani et al. 2017).</summary>
    Post,
}

/// <summary>
/// Attention, then two dense layers at each position, each with a layer norm and added to what it read. Inner layers are called norm1,
/// attention, norm2, up (inner·width, width) and down (width, inner·width).
/// </summary>
/// <param name="Heads">Heads of the attention.</param>
public sealed record TransformerBlock(int Heads) : LayerSpec
{
    public override string Kind => "transformer-block";

    public bool Causal { get; init; }

    public NormPlace Norm { get; init; } = NormPlace.Pre;

    /// <summary>Floats between the two dense layers; null means four times the width.</summary>
    public int? Hidden { get; init; }

    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Whether dense layers and norms have biases.</summary>
    public bool Bias { get; init; } = true;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;

    /// <summary>How the layers whose output is added start, proj and down; null starts them as the others.</summary>
    public InitializerSpec? OutputInitializer { get; init; }

    internal override Layer Compile(LayerBuilder builder) => new TransformerBlockLayer(this, builder);
}

/// <summary>(rows, time, width) to the same.</summary>
internal sealed class TransformerBlockLayer : Layer
{
    private readonly Layer[] _attention;
    private readonly Layer[] _dense;
    private readonly Layer[] _norms;
    private readonly bool _normFirst;

    public TransformerBlockLayer(TransformerBlock spec, LayerBuilder builder)
        : base(spec, builder, builder.Input)
    {
        if (builder.Input.Count != 2)
            throw builder.Refuse($"takes an input of shape (time, width), not {builder.Input}; put an embedding before it.");
        var width = builder.Input[1];
        var hidden = spec.Hidden ?? checked(4 * width);
        builder.AtLeastOne(hidden, "hidden units");
        var norm = new LayerNorm { Bias = spec.Bias };
        var output = spec.OutputInitializer ?? spec.Initializer;
        var attention = new Attention(spec.Heads)
        {
            Name = "attention",
            Causal = spec.Causal,
            Bias = spec.Bias,
            Initializer = spec.Initializer,
            OutputInitializer = output,
        };
        var up = new Dense(hidden)
        {
            Name = "up",
            PerPosition = true,
            Activation = spec.Activation,
            Bias = spec.Bias,
            Initializer = spec.Initializer,
        };
        var down = new Dense(width) { Name = "down", PerPosition = true, Bias = spec.Bias, Initializer = output };

        // Parameters lie in the order in which their layers run, so that gradients are final from the end.
        _normFirst = spec.Norm == NormPlace.Pre;
        IReadOnlyList<LayerSpec> specs = _normFirst
            ? [norm with { Name = "norm1" }, attention, norm with { Name = "norm2" }, up, down]
            : [attention, norm with { Name = "norm1" }, up, down, norm with { Name = "norm2" }];
        Inner = builder.Inner(specs, builder.Input);
        _norms = [.. Inner.Where(layer => layer is LayerNormLayer)];
        _attention = [.. Inner.Where(layer => layer is AttentionLayer)];
        _dense = [.. Inner.Where(layer => layer is DenseLayer)];
    }

    public override IReadOnlyList<Layer> Inner { get; }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed class Pass(TransformerBlockLayer layer) : LayerPass(layer)
    {
        private readonly ResidualBranch _attention = new(layer._normFirst ? [layer._norms[0], .. layer._attention] : layer._attention);
        private readonly SequencePass _between = new(layer._normFirst ? [] : [layer._norms[0]]);
        private readonly ResidualBranch _dense = new(layer._normFirst ? [layer._norms[1], .. layer._dense] : layer._dense);
        private readonly SequencePass _behind = new(layer._normFirst ? [] : [layer._norms[1]]);

        public override void Forward(in Batch batch)
        {
            _attention.Forward(batch);
            _between.Forward(batch);
            _dense.Forward(batch);
            _behind.Forward(batch);
        }

        public override void Backward(in Batch batch)
        {
            _behind.Backward(batch);
            _dense.Backward(batch);
            _between.Backward(batch);
            _attention.Backward(batch);
        }

        public override void Dispose()
        {
            _attention.Dispose();
            _between.Dispose();
            _dense.Dispose();
            _behind.Dispose();
        }

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            var sum = _between.PlanForward(memory, _attention.PlanForward(memory, Input));
            return _behind.PlanForward(memory, _dense.PlanForward(memory, sum));
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            var sum = _dense.PlanBackward(memory, _behind.PlanBackward(memory, OutputGradient, needsInputGradient: true)!, needsInputGradient: true);
            return _attention.PlanBackward(memory, _between.PlanBackward(memory, sum!, needsInputGradient: true)!, needsInputGradient);
        }
    }
}
