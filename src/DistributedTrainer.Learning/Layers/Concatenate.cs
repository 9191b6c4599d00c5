namespace DistributedTrainer.Learning;

/// <summary>A named list of layers beside others; without layers it hands its input on.</summary>
public sealed record Branch(string Name, IReadOnlyList<LayerSpec> Layers)
{
    public bool Equals(Branch? other) => other is not null && Name == other.Name && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() => Layers.Aggregate(Name.GetHashCode(StringComparison.Ordinal), HashCode.Combine);
}

/// <summary>All branches take the same input; their outputs are put one after another along an axis, the first by default (channels, features).</summary>
public sealed record Concatenate(IReadOnlyList<Branch> Branches) : LayerSpec
{
    public override string Kind => "concatenate";

    /// <summary>Without the batch axis, from 0.</summary>
    public int Axis { get; init; }

    public bool Equals(Concatenate? other) => base.Equals(other) && Axis == other.Axis && Branches.SequenceEqual(other.Branches);

    public override int GetHashCode() => Branches.Aggregate(HashCode.Combine(base.GetHashCode(), Axis), HashCode.Combine);

    internal override Layer Compile(LayerBuilder builder)
    {
        if (Branches.Count == 0)
            throw builder.Refuse("has no branches; it needs at least one.");
        if (Branches.GroupBy(branch => branch.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw builder.Refuse($"has {twice.Count()} branches named '{twice.Key}'; names of branches differ.");
        var layers = Branches.Select(branch => builder.Branch(branch.Name, branch.Layers)).ToList();
        return new ConcatenateLayer(this, builder, layers, OutputShape(builder, layers));
    }

    internal override LayerSpec WithInnerNames() => this with
    {
        Branches = [.. Branches.Select(branch => branch with { Layers = LayerNames.Assign(branch.Layers) })],
    };

    private Shape OutputShape(LayerBuilder builder, List<IReadOnlyList<Layer>> layers)
    {
        Shape[] shapes = [.. layers.Select(list => list.Count == 0 ? builder.Input : list[^1].OutputShape)];
        var first = shapes[0];
        if (Axis < 0 || Axis >= first.Count)
            throw builder.Refuse($"has the axis {Axis}, but branch '{Branches[0].Name}' gives {first}: axes 0 to {first.Count - 1}.");
        for (var i = 1; i < shapes.Length; i++)
        {
            if (shapes[i].Count != first.Count || shapes[i].Where((size, axis) => axis != Axis && size != first[axis]).Any())
            {
                throw builder.Refuse(
                    $"puts {first} of branch '{Branches[0].Name}' and {shapes[i]} of '{Branches[i].Name}' together along axis {Axis}; "
                    + "all other axes must be equal.");
            }
        }

        return new Shape([.. first.Select((size, axis) => axis == Axis ? shapes.Sum(shape => shape[axis]) : size)]);
    }
}

/// <summary>y = the branches' outputs along an axis: each (rows, outer, its own part of the axis, inner).</summary>
internal sealed class ConcatenateLayer(Concatenate spec, LayerBuilder builder, IReadOnlyList<IReadOnlyList<Layer>> branches, Shape output)
    : Layer(spec, builder, output)
{
    public override IReadOnlyList<Layer> Inner { get; } = [.. branches.SelectMany(branch => branch)];

    private IReadOnlyList<IReadOnlyList<Layer>> Branches { get; } = branches;

    /// <summary>Runs of a branch's output that lie side by side, a row.</summary>
    private int Outer { get; } = output.Take(spec.Axis).Aggregate(1, (product, size) => product * size);

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(ConcatenateLayer layer) : LayerPass(layer)
    {
        private readonly SequencePass[] _branches = [.. layer.Branches.Select(branch => new SequencePass(branch))];
        private readonly MemoryBlock[] _outputs = new MemoryBlock[layer.Branches.Count];
        private readonly MemoryBlock[] _gradients = new MemoryBlock[layer.Branches.Count];
        private readonly MemoryBlock?[] _inputGradients = new MemoryBlock?[layer.Branches.Count];

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            for (var i = 0; i < _branches.Length; i++)
                _outputs[i] = _branches[i].PlanForward(memory, Input);
            memory.Next();
            memory.Use(Input);
            foreach (var output in _outputs)
                memory.Use(output);
            return base.ReserveForward(memory);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            for (var i = 0; i < _branches.Length; i++)
                _gradients[i] = memory.Reserve(LengthOf(i));
            var sum = needsInputGradient ? memory.Reserve(layer.InputLength) : null;
            for (var i = _branches.Length - 1; i >= 0; i--)
            {
                memory.Next();
                _inputGradients[i] = _branches[i].PlanBackward(memory, _gradients[i], needsInputGradient);
                memory.Next();
                if (needsInputGradient)
                    memory.Use(_inputGradients[i]!);
            }

            if (sum is not null)
                memory.Use(sum);
            return sum;
        }

        public override void Forward(in Batch batch)
        {
            foreach (var branch in _branches)
                branch.Forward(batch);
            Copy(batch.Rows, Output, _outputs, intoBranches: false);
        }

        public override void Backward(in Batch batch)
        {
            Copy(batch.Rows, OutputGradient, _gradients, intoBranches: true);
            var length = batch.Rows * layer.InputLength;
            if (InputGradient is not null)
                new Span<float>(InputGradient.Pointer, length).Clear();

            // From the last branch to the first: gradients become final from the last parameter down.
            for (var i = _branches.Length - 1; i >= 0; i--)
            {
                _branches[i].Backward(batch);
                if (InputGradient is not null)
                    GradientSum.Add(InputGradient.Pointer, _inputGradients[i]!.Pointer, length);
            }
        }

        public override void Dispose()
        {
            foreach (var branch in _branches)
                branch.Dispose();
        }

        private int LengthOf(int branch) => layer.Branches[branch] is [.., var last] ? last.OutputLength : layer.InputLength;

        /// <summary>Between the whole, (rows, outer, runs of all branches), and the branches, each (rows, outer, its run).</summary>
        private void Copy(int rows, MemoryBlock whole, MemoryBlock[] parts, bool intoBranches)
        {
            var begin = whole.Pointer;
            for (var i = 0; i < parts.Length; i++)
            {
                var run = LengthOf(i) / layer.Outer;
                var part = parts[i].Pointer;
                for (var outer = 0; outer < rows * layer.Outer; outer++, part += run)
                {
                    var inWhole = new Span<float>(begin + (long)outer * (layer.OutputLength / layer.Outer), run);
                    var inPart = new Span<float>(part, run);
                    if (intoBranches)
                        inWhole.CopyTo(inPart);
                    else
                        inPart.CopyTo(inWhole);
                }

                begin += run;
            }
        }
    }
}
