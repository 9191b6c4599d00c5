using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// y = f(x · Wᵀ + b): x is (rows, positions, inputs), W (units, inputs), b (units), y (rows, positions, units). There is one position
/// unless the layer is applied at each.
/// </summary>
internal sealed class DenseLayer : Layer, IQuantizable
{
    private readonly InitializerSpec _initializer;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public DenseLayer(Dense spec, LayerBuilder builder)
        : base(spec, builder, Output(spec, builder))
    {
        _initializer = spec.Initializer;
        Inputs = spec.PerPosition ? builder.Input[^1] : builder.Input.Elements;
        Positions = builder.Input.Elements / Inputs;
        Units = spec.Units;
        Activation = ActivationFunction.For(spec.Activation);
        KeepsOutput = !Activation.KeepsSum && spec.Activation != Learning.Activation.None;
        _weight = spec.Tie is null ? builder.Weight("weight", Units, Inputs) : builder.Shared(spec.Tie, "weight", Units, Inputs);
        _bias = spec.Bias ? builder.Bias("bias", Units) : null;
    }

    public Parameter QuantizedWeight => _weight;

    private int Inputs { get; }

    private int Positions { get; }

    private int Units { get; }

    private ActivationFunction Activation { get; }

    /// <summary>Whether the activation's derivative needs the output.</summary>
    private bool KeepsOutput { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        if (Tied.Count == 0)
            Initializer.Fill(parameters.Slice(_weight.Offset, _weight.Length), _initializer, fanIn: Inputs, fanOut: Units, seed, _weight.Name);
        if (_bias is not null)
            parameters.Slice(_bias.Offset, _bias.Length).Clear();
    }

    public override LayerPass CreatePass() => new Pass(this);

    private static Shape Output(Dense spec, LayerBuilder builder)
    {
        builder.AtLeastOne(spec.Units, "units");
        return spec.PerPosition ? new Shape([.. builder.Input.SkipLast(1), spec.Units]) : new Shape(spec.Units);
    }

    private sealed unsafe class Pass(DenseLayer layer) : LayerPass(layer)
    {
        /// <summary>About so many elements of a weight's gradient are computed before they are called final: a part is worth a frame.</summary>
        private const int PartLength = 256 * 1024;

        /// <summary>Rows of a weight in which parts are counted: whole register tiles of every height.</summary>
        private const int PartUnits = 48;

        /// <summary>Floats of outputs that are still in the second-level cache after a product, beside its operands.</summary>
        private const int FloatsInCache = 64 * 1024;

        private readonly PositionSegments _segments = new(layer.Positions);

        /// <summary>x · Wᵀ + b where the activation's derivative needs it; else the output's own memory.</summary>
        private MemoryBlock? _sum;

        /// <summary>Whether the activation's derivative takes the sums' place.</summary>
        private bool _toSlope;

        private ProductRows? _finishing;
        private ProductRows? _deriving;

        /// <summary>(units): this pass's; null where there is none.</summary>
        private float* _bias;

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            var output = memory.Reserve(layer.OutputLength);
            _sum = layer.Activation.KeepsSum ? memory.Reserve(layer.OutputLength) : output;
            return output;
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(Input);
            if (layer.Activation.KeepsSum || layer.KeepsOutput)
                memory.Use(_sum!);
            return base.ReserveBackward(memory, needsInputGradient);
        }

        public override void Forward(in Batch batch)
        {
            var (inputs, units, rows) = (layer.Inputs, layer.Units, batch.Rows * layer.Positions);
            _bias = layer._bias is null ? null : batch.Parameters + layer._bias.Offset;
            _toSlope = batch.Training && layer.Activation.GivesSlope;
            if (batch.Quantized is { } quantized)
            {
                quantized.Multiply(layer._weight, rows, Input.Pointer, _sum!.Pointer);
                Finish(0, rows);
                return;
            }

            var weight = batch.Parameters + layer._weight.Offset;
            var around = LeavesCache(rows) ? _finishing ??= new() { After = Finish } : null;
            Gemm.Multiply(rows, units, inputs, Input.Pointer, inputs, weight, inputs, transposeB: true, _sum!.Pointer, units, around);
            if (around is null)
                Finish(0, rows);
        }

        public override void Backward(in Batch batch)
        {
            // Parts of a large weight's gradient travel while the gradient by the input is computed; else that comes first, since it
            // finds rows in the caches whose activation's derivative has just been applied.
            var sendsParts = batch.Observer is not null && layer._weight.Length > PartLength;
            var derives = !sendsParts && InputGradient is not null && LeavesCache(batch.Rows * layer.Positions);
            if (derives)
                InputGradients(batch, _deriving ??= new() { Before = Derive });
            else
                Derive(0, batch.Rows * layer.Positions);
            if (layer._bias is not null)
                BiasGradient(batch, layer._bias.Offset);
            WeightGradient(batch);
            if (!derives && InputGradient is not null)
                InputGradients(batch, null);
        }

        /// <summary>Whether so many rows of outputs would have left the cache before the next pass over them.</summary>
        private bool LeavesCache(int rows) => (long)rows * layer.Units > FloatsInCache;

        /// <summary>Bias and activation of sums.</summary>
        private void Finish(int first, int count)
        {
            var units = layer.Units;
            var place = (long)first * units;
            if (_bias is not null)
                BiasKernel.Add(_sum!.Pointer + place, _bias, count, units);
            if (_toSlope)
                layer.Activation.ForwardToSlope(_sum!.Pointer + place, Output.Pointer + place, count, units);
            else
                layer.Activation.Forward(_sum!.Pointer + place, Output.Pointer + place, count, units);
        }

        /// <summary>From the gradient by the output to that by the sums, in its place.</summary>
        private void Derive(int first, int count)
        {
            var place = (long)first * layer.Units;
            if (_toSlope)
                layer.Activation.BackwardFromSlope(_sum!.Pointer + place, OutputGradient.Pointer + place, count, layer.Units);
            else
                layer.Activation.Backward(_sum!.Pointer + place, OutputGradient.Pointer + place, count, layer.Units);
        }

        private void InputGradients(in Batch batch, ProductRows? around)
        {
            var (inputs, units, rows) = (layer.Inputs, layer.Units, batch.Rows * layer.Positions);
            var weight = batch.Parameters + layer._weight.Offset;
            Gemm.Multiply(rows, inputs, units, OutputGradient.Pointer, units, weight, inputs, transposeB: false, InputGradient!.Pointer, inputs, around);
        }

        /// <summary>The weight's gradient, in parts that are final before the rest is computed.</summary>
        private void WeightGradient(in Batch batch)
        {
            var (inputs, units) = (layer.Inputs, layer.Units);
            var part = batch.Observer is null ? units : Math.Max(PartLength / inputs, PartUnits) / PartUnits * PartUnits;
            for (var end = units; end > 0;)
            {
                var begin = Math.Max(0, (end - 1) / part * part);
                WeightGradient(batch, begin, end);
                end = begin;
                if (end > 0)
                    batch.Observer!.FinalFrom(layer._weight.Offset + end * inputs);
            }
        }

        /// <summary>Rows begin to end − 1 of the weight's gradient.</summary>
        private void WeightGradient(in Batch batch, int begin, int end)
        {
            var (inputs, units) = (layer.Inputs, layer.Units);
            float* delta = OutputGradient.Pointer, input = Input.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                var gradient = slot.Gradient + layer._weight.Offset + (long)begin * inputs;
                Gemm.WeightGradient(end - begin, inputs, delta + begin, units, input, inputs, _segments.Of(slot), gradient, inputs);
                delta += (long)slot.Rows * layer.OutputLength;
                input += (long)slot.Rows * layer.InputLength;
            }
        }

        private void BiasGradient(in Batch batch, int offset)
        {
            var units = layer.Units;
            var delta = OutputGradient.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                ColumnSums.Sum(units, delta, units, _segments.Of(slot), slot.Gradient + offset);
                delta += (long)slot.Rows * layer.OutputLength;
            }
        }
    }
}
