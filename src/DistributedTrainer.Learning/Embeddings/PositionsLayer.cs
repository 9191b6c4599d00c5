using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>How positions are told apart.</summary>
public enum PositionKind
{
    /// <summary>A trained vector for each position.</summary>
    Learned,

    /// <summary>sin(p / 10000^(2i/d)) at float 2i and its cosine at 2i + 1 (Vaswani et al. 2017).</summary>
    Sinusoidal,
}

/// <summary>Adds a vector for each position to an input (time, width). Learned ones are a weight (time, width).</summary>
public sealed record Positions : LayerSpec
{
    public override string Kind => "positions";

    public PositionKind How { get; init; } = PositionKind.Learned;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.Normal(0.02);

    internal override Layer Compile(LayerBuilder builder) => new PositionsLayer(this, builder);
}

/// <summary>y = x + P: x and y (rows, time, width), P (time, width).</summary>
internal sealed class PositionsLayer : Layer
{
    private readonly InitializerSpec _initializer;

    /// <summary>Null where positions are not learned.</summary>
    private readonly Parameter? _weight;
    private readonly float[] _fixed;

    public PositionsLayer(Positions spec, LayerBuilder builder)
        : base(spec, builder, builder.Input)
    {
        if (builder.Input.Count != 2)
            throw builder.Refuse($"takes an input of shape (time, width), not {builder.Input}; put an embedding before it.");
        _initializer = spec.Initializer;
        var (time, width) = (builder.Input[0], builder.Input[1]);
        _weight = spec.How == PositionKind.Learned ? builder.Weight("weight", time, width) : null;
        _fixed = _weight is null ? SinusoidalPositions.Table(time, width) : [];
    }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        if (_weight is not null)
            Initializer.Fill(parameters.Slice(_weight.Offset, _weight.Length), _initializer, InputShape[0], InputShape[1], seed, _weight.Name);
    }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(PositionsLayer layer) : LayerPass(layer)
    {
        public override void Forward(in Batch batch)
        {
            fixed (float* table = layer._fixed)
            {
                var positions = layer._weight is null ? table : batch.Parameters + layer._weight.Offset;
                for (var row = 0; row < batch.Rows; row++)
                {
                    var place = (long)row * layer.OutputLength;
                    Elementwise.Map(default(Addition), Input.Pointer + place, positions, Output.Pointer + place, layer.OutputLength);
                }
            }
        }

        public override void Backward(in Batch batch)
        {
            if (layer._weight is null)
                return;
            var gradient = OutputGradient.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                ColumnSums.Sum(
                    layer.OutputLength, gradient, layer.OutputLength, slot.Segments.Span, slot.Gradient + layer._weight.Offset);
                gradient += (long)slot.Rows * layer.OutputLength;
            }
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient) => needsInputGradient ? OutputGradient : null;
    }
}
