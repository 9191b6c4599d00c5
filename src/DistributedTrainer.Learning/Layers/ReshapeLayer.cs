namespace DistributedTrainer.Learning;

/// <summary>All axes in one.</summary>
public sealed record Flatten : LayerSpec
{
    public override string Kind => "flatten";

    internal override Layer Compile(LayerBuilder builder) => new ReshapeLayer(this, builder, new Shape(builder.Input.Elements));
}

/// <summary>The same numbers in the same order under another shape. One size may be 0: what the others leave.</summary>
public sealed record Reshape(IReadOnlyList<int> To) : LayerSpec
{
    public override string Kind => "reshape";

    public bool Equals(Reshape? other) => base.Equals(other) && To.SequenceEqual(other.To);

    public override int GetHashCode() => To.Aggregate(base.GetHashCode(), HashCode.Combine);

    internal override Layer Compile(LayerBuilder builder) => new ReshapeLayer(this, builder, Resolve(builder));

    private Shape Resolve(LayerBuilder builder)
    {
        var input = builder.Input;
        var known = To.Where(size => size != 0).Aggregate(1L, (product, size) => product * size);
        if (To.Count == 0 || To.Any(size => size < 0) || To.Count(size => size == 0) > 1)
            throw builder.Refuse($"has the shape ({string.Join(", ", To)}); sizes are at least 1, and one may be 0 for what the others leave.");
        var fits = To.Contains(0) ? input.Elements % known == 0 : input.Elements == known;
        return fits
            ? new Shape([.. To.Select(size => size == 0 ? (int)(input.Elements / known) : size)])
            : throw builder.Refuse($"cannot give its input of shape {input}, {input.Elements} numbers, the shape ({string.Join(", ", To)}).");
    }
}

/// <summary>Hands its input on under another shape: no memory, no time.</summary>
internal sealed class ReshapeLayer(LayerSpec spec, LayerBuilder builder, Shape output) : Layer(spec, builder, output)
{
    public override LayerPass CreatePass() => new Pass(this);

    private sealed class Pass(ReshapeLayer layer) : LayerPass(layer)
    {
        public override void Forward(in Batch batch)
        {
        }

        public override void Backward(in Batch batch)
        {
        }

        protected override MemoryBlock ReserveForward(MemoryPlan memory) => Input;

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient) => OutputGradient;
    }
}
