namespace DistributedTrainer.Learning;

/// <summary>x (rows, time, inputs) to the hidden states of the topmost layer: (rows, time, H·directions) or (rows, H·directions).</summary>
internal sealed class RecurrentLayer<TCell> : Layer
    where TCell : struct, ICellFormula
{
    private readonly InitializerSpec _initializer;

    /// <summary>By depth, then by direction.</summary>
    private readonly RecurrentWeights[][] _weights;

    public RecurrentLayer(RecurrentSpec spec, LayerBuilder builder)
        : base(spec, builder, Output(spec, builder))
    {
        _initializer = spec.Initializer;
        (Units, Directions) = (spec.Units, spec.Bidirectional ? 2 : 1);
        (Time, Features) = (builder.Input[0], builder.Input[1]);
        LastOnly = spec.Returns == RecurrentOutput.Last;
        _weights =
        [
            .. Enumerable.Range(0, spec.Layers).Select(depth => Enumerable.Range(0, Directions).Select(direction => RecurrentWeights.Add(
                builder, depth, reverse: direction == 1, TCell.Gates * Units, InputsOf(depth), Units, spec.Bias)).ToArray()),
        ];
    }

    private int Units { get; }

    private int Directions { get; }

    private int Time { get; }

    private int Features { get; }

    private bool LastOnly { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        foreach (var weights in _weights.SelectMany(both => both))
        {
            foreach (var weight in (ReadOnlySpan<Parameter>)[weights.Input, weights.Recurrent])
                Initializer.Fill(parameters.Slice(weight.Offset, weight.Length), _initializer, weight.Shape[1], Units, seed, weight.Name);
            if (weights.InputBias is not { } bias)
                continue;
            parameters.Slice(bias.Offset, bias.Length).Clear();
            parameters.Slice(weights.RecurrentBias!.Offset, bias.Length).Clear();
            if (TCell.ForgetGate is { } gate)
                parameters.Slice(bias.Offset + gate * Units, Units).Fill(1);
        }
    }

    public override LayerPass CreatePass() => new Pass(this);

    private int InputsOf(int depth) => depth == 0 ? Features : Units * Directions;

    private static Shape Output(RecurrentSpec spec, LayerBuilder builder)
    {
        builder.AtLeastOne(spec.Units, "units");
        builder.AtLeastOne(spec.Layers, "layers");
        if (builder.Input.Count != 2)
        {
            throw builder.Refuse(
                $"takes an input of shape (time, features), not {builder.Input}; put a reshape before it, or an embedding before tokens.");
        }

        var width = spec.Units * (spec.Bidirectional ? 2 : 1);
        return spec.Returns == RecurrentOutput.Last ? new Shape(width) : new Shape(builder.Input[0], width);
    }

    private sealed unsafe class Pass : LayerPass
    {
        private readonly RecurrentLayer<TCell> _layer;
        private readonly RecurrentDirectionPass<TCell>[][] _directions;

        /// <summary>By depth: what the layer of that depth reads.</summary>
        private readonly MemoryBlock[] _inputs;

        public Pass(RecurrentLayer<TCell> layer)
            : base(layer)
        {
            _layer = layer;
            _inputs = new MemoryBlock[layer._weights.Length];
            _directions =
            [
                .. layer._weights.Select((both, depth) => both.Select((weights, direction) => new RecurrentDirectionPass<TCell>(
                    weights, layer.Time, layer.InputsOf(depth), layer.Units, layer.Directions, direction == 1,
                    lastOnly: layer.LastOnly && depth == layer._weights.Length - 1)).ToArray()),
            ];
        }

        public override void Forward(in Batch batch)
        {
            foreach (var both in _directions)
            {
                foreach (var direction in both)
                    direction.Forward(batch);
            }
        }

        public override void Backward(in Batch batch)
        {
            for (var depth = _directions.Length - 1; depth >= 0; depth--)
            {
                foreach (var direction in _directions[depth])
                    direction.Backward(batch);
                if (_directions[depth] is [{ InputGradient: { } forward }, { InputGradient: { } reverse }])
                    GradientSum.Add(forward.Pointer, reverse.Pointer, checked(batch.Rows * _layer.Time * _layer.InputsOf(depth)));
            }
        }

        public override void Dispose()
        {
            foreach (var direction in _directions.SelectMany(both => both))
                direction.Dispose();
        }

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            var input = Input;
            for (var depth = 0; depth < _directions.Length; depth++)
            {
                var topmost = depth == _directions.Length - 1;
                var output = memory.Reserve(topmost ? _layer.OutputLength : _layer.Time * _layer.InputsOf(depth + 1));
                _inputs[depth] = input;
                foreach (var direction in _directions[depth])
                    direction.PlanForward(memory, input, output);
                input = output;
            }

            return input;
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            MemoryBlock? gradient = OutputGradient;
            for (var depth = _directions.Length - 1; depth >= 0; depth--)
            {
                foreach (var direction in _directions[depth])
                    direction.PlanBackward(memory, gradient!, needsInputGradient || depth > 0);
                gradient = _directions[depth][0].InputGradient;
                if (gradient is not null)
                    memory.Use(gradient);
            }

            return gradient;
        }
    }
}
