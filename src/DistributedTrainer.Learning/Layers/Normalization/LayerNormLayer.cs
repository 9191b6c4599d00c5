using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// y = γ·x̂ + β, x̂ being x with mean 0 and variance 1 over the last axis, at each position of the others (Ba et al. 2016). γ (features)
/// starts at 1, β at 0.
/// </summary>
public sealed record LayerNorm : LayerSpec
{
    public override string Kind => "layer-norm";

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Whether there is a β.</summary>
    public bool Bias { get; init; } = true;

    internal override Layer Compile(LayerBuilder builder) => new LayerNormLayer(this, builder);
}

/// <summary>(rows, positions, features) to the same.</summary>
internal sealed class LayerNormLayer : Layer
{
    private readonly Parameter _scale;
    private readonly Parameter? _shift;
    private readonly float _epsilon;

    public LayerNormLayer(LayerNorm spec, LayerBuilder builder)
        : base(spec, builder, builder.Input)
    {
        if (!(spec.Epsilon > 0))
            throw builder.Refuse($"has epsilon {spec.Epsilon}; it must be above 0.");
        _epsilon = (float)spec.Epsilon;
        Features = builder.Input[^1];
        Positions = builder.Input.Elements / Features;
        _scale = builder.Bias("weight", Features);
        _shift = spec.Bias ? builder.Bias("bias", Features) : null;
    }

    private int Features { get; }

    private int Positions { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        parameters.Slice(_scale.Offset, Features).Fill(1);
        if (_shift is not null)
            parameters.Slice(_shift.Offset, Features).Clear();
    }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(LayerNormLayer layer) : LayerPass(layer)
    {
        private readonly PositionSegments _segments = new(layer.Positions);
        private MemoryBlock? _normalized;
        private MemoryBlock? _reciprocals;

        public override void Forward(in Batch batch)
        {
            var kernel = new LayerNormForward
            {
                Positions = checked(batch.Rows * layer.Positions),
                Features = layer.Features,
                Epsilon = layer._epsilon,
                Input = Input.Pointer,
                Scale = batch.Parameters + layer._scale.Offset,
                Shift = layer._shift is null ? null : batch.Parameters + layer._shift.Offset,
                Normalized = _normalized!.Pointer,
                Output = Output.Pointer,
                Reciprocals = _reciprocals!.Pointer,
            };
            VectorPath.Run(ref kernel);
        }

        public override void Backward(in Batch batch)
        {
            var features = layer.Features;
            float* gradient = OutputGradient.Pointer, normalized = _normalized!.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                var segments = _segments.Of(slot);
                ColumnSums.Dot(features, gradient, features, normalized, features, segments, slot.Gradient + layer._scale.Offset);
                if (layer._shift is not null)
                    ColumnSums.Sum(features, gradient, features, segments, slot.Gradient + layer._shift.Offset);
                gradient += (long)slot.Rows * layer.OutputLength;
                normalized += (long)slot.Rows * layer.OutputLength;
            }

            if (InputGradient is null)
                return;
            var kernel = new LayerNormBackward
            {
                Positions = checked(batch.Rows * layer.Positions),
                Features = features,
                Normalized = _normalized.Pointer,
                OutputGradient = OutputGradient.Pointer,
                Scale = batch.Parameters + layer._scale.Offset,
                Reciprocals = _reciprocals!.Pointer,
                InputGradient = InputGradient.Pointer,
            };
            VectorPath.Run(ref kernel);
        }

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _normalized = memory.Reserve(layer.OutputLength);
            _reciprocals = memory.Reserve(layer.Positions);
            return memory.Reserve(layer.OutputLength);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(_normalized!);
            memory.Use(_reciprocals!);
            return needsInputGradient ? OutputGradient : null;
        }
    }
}
