namespace DistributedTrainer.Learning;

/// <summary>A row of a table for each token: (time) indexes become (time, width). The table is (vocabulary, width).</summary>
/// <param name="Width">Floats for a token.</param>
public sealed record Embedding(int Width) : LayerSpec
{
    public override string Kind => "embedding";

    /// <summary>Rows of the table; null takes the number of the data's classes, which for text is the vocabulary.</summary>
    public int? Vocabulary { get; init; }

    public InitializerSpec Initializer { get; init; } = InitializerSpec.Normal(0.02);

    internal override Layer Compile(LayerBuilder builder) => new EmbeddingLayer(this, builder);
}

/// <summary>Tokens (rows, positions) to (rows, positions, width).</summary>
internal sealed class EmbeddingLayer : Layer
{
    private readonly InitializerSpec _initializer;
    private readonly Parameter _weight;

    public EmbeddingLayer(Embedding spec, LayerBuilder builder)
        : base(spec, builder, Output(spec, builder))
    {
        _initializer = spec.Initializer;
        (Vocabulary, Width) = (spec.Vocabulary ?? builder.Classes, spec.Width);
        builder.AtLeastOne(Vocabulary, "rows in its vocabulary");
        _weight = builder.Weight("weight", Vocabulary, Width);
    }

    private int Vocabulary { get; }

    private int Width { get; }

    public override void Initialize(Span<float> parameters, ulong seed) =>
        Initializer.Fill(parameters.Slice(_weight.Offset, _weight.Length), _initializer, Vocabulary, Width, seed, _weight.Name);

    public override LayerPass CreatePass() => new Pass(this);

    private static Shape Output(Embedding spec, LayerBuilder builder)
    {
        builder.AtLeastOne(spec.Width, "floats a token");
        return new Shape([.. builder.Input, spec.Width]);
    }

    private sealed unsafe class Pass(EmbeddingLayer layer) : LayerPass(layer)
    {
        private readonly PositionSegments _segments = new(layer.InputLength);
        private readonly EmbeddingTable _table = new(layer.Vocabulary, layer.Width);

        public override void Forward(in Batch batch) =>
            _table.Forward(batch.Parameters + layer._weight.Offset, Input.Pointer, batch.Rows * layer.InputLength, Output.Pointer);

        public override void Backward(in Batch batch)
        {
            float* tokens = Input.Pointer, gradient = OutputGradient.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                _table.Backward(tokens, gradient, _segments.Of(slot), slot.Gradient + layer._weight.Offset);
                tokens += (long)slot.Rows * layer.InputLength;
                gradient += (long)slot.Rows * layer.OutputLength;
            }

            // Tokens are indexes: nothing before them learns from their gradient.
            if (InputGradient is not null)
                new Span<float>(InputGradient.Pointer, batch.Rows * layer.InputLength).Clear();
        }

        public override void Dispose() => _table.Dispose();

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(Input);
            return base.ReserveBackward(memory, needsInputGradient);
        }
    }
}
