using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>y = f(x · Wᵀ + b): x is (rows, inputs), W (units, inputs), b (units), y (rows, units).</summary>
internal sealed class DenseLayer : Layer
{
    private readonly InitializerSpec _initializer;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <param name="spec">The layer as the user wrote it.</param>
    /// <param name="name">Its name, used in parameter names.</param>
    /// <param name="inputs">Floats in one input row.</param>
    /// <param name="offset">Index of its first parameter in the vector.</param>
    public DenseLayer(Dense spec, string name, int inputs, int offset)
        : base(name)
    {
        _initializer = spec.Initializer;
        _weight = new Parameter($"{name}.weight", [spec.Units, inputs], offset, IsWeight: true);
        _bias = spec.Bias ? new Parameter($"{name}.bias", [spec.Units], checked(offset + _weight.Length), IsWeight: false) : null;
        Inputs = inputs;
        Units = spec.Units;
        Activation = ActivationFunction.For(spec.Activation);
        OutputShape = [spec.Units];
        Parameters = _bias is null ? [_weight] : [_weight, _bias];
    }

    public override string Kind => "dense";

    public override IReadOnlyList<int> OutputShape { get; }

    public override IReadOnlyList<Parameter> Parameters { get; }

    private int Inputs { get; }

    private int Units { get; }

    private ActivationFunction Activation { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        Initializer.Fill(parameters.Slice(_weight.Offset, _weight.Length), _initializer, fanIn: Inputs, fanOut: Units, seed, _weight.Name);
        if (_bias is not null)
            parameters.Slice(_bias.Offset, _bias.Length).Clear();
    }

    public override LayerPass CreatePass(int maxRows) => new Pass(this, maxRows);

    private sealed unsafe class Pass : LayerPass
    {
        /// <summary>About so many elements of a weight's gradient are computed before they are called final: a part is worth a frame.</summary>
        private const int PartLength = 256 * 1024;

        /// <summary>Rows of a weight in which parts are counted: whole register tiles of every height.</summary>
        private const int PartUnits = 48;

        private readonly DenseLayer _layer;
        private readonly FloatBuffer _output;

        /// <summary>x · Wᵀ + b where the activation's derivative needs it; else the output's own memory.</summary>
        private readonly FloatBuffer _sum;

        /// <summary>(maxRows) ones: the bias is the weight of an input that is always 1.</summary>
        private readonly FloatBuffer _ones;

        public Pass(DenseLayer layer, int maxRows)
        {
            _layer = layer;
            _output = new FloatBuffer(checked(maxRows * layer.Units));
            _sum = layer.Activation.KeepsSum ? new FloatBuffer(_output.Length) : _output;
            _ones = new FloatBuffer(maxRows);
            _ones.Span.Fill(1);
        }

        public override float* Output => _output.Pointer;

        public override void Forward(float* parameters, float* input, int rows)
        {
            var (inputs, units) = (_layer.Inputs, _layer.Units);
            Gemm.Multiply(
                rows, units, inputs, input, inputs, false, parameters + _layer._weight.Offset, inputs, true, _sum.Pointer, units);
            if (_layer._bias is not null)
                BiasKernel.Add(_sum.Pointer, parameters + _layer._bias.Offset, rows, units);
            _layer.Activation.Forward(_sum.Pointer, _output.Pointer, rows, units);
        }

        public override void Backward(
            float* parameters, float* input, int rows, float* outputGradient, float* inputGradient, ReadOnlySpan<SlotWork> slots,
            IGradientObserver? observer)
        {
            var (inputs, units) = (_layer.Inputs, _layer.Units);
            _layer.Activation.Backward(_sum.Pointer, outputGradient, rows, units);
            if (_layer._bias is not null)
                BiasGradient(outputGradient, slots, _layer._bias.Offset);
            var part = observer is null ? units : Math.Max(PartLength / inputs, PartUnits) / PartUnits * PartUnits;
            for (var end = units; end > 0;)
            {
                var begin = Math.Max(0, (end - 1) / part * part);
                WeightGradient(input, outputGradient, begin, end, slots);
                end = begin;
                if (end > 0)
                    observer!.FinalFrom(_layer._weight.Offset + end * inputs);
            }

            if (inputGradient is not null)
            {
                Gemm.Multiply(
                    rows, inputs, units, outputGradient, units, false, parameters + _layer._weight.Offset, inputs, false, inputGradient, inputs);
            }
        }

        /// <summary>Rows begin to end − 1 of the weight's gradient.</summary>
        private void WeightGradient(float* input, float* delta, int begin, int end, ReadOnlySpan<SlotWork> slots)
        {
            var (inputs, units) = (_layer.Inputs, _layer.Units);
            foreach (var slot in slots)
            {
                var gradient = slot.Gradient + _layer._weight.Offset + (long)begin * inputs;
                Gemm.WeightGradient(end - begin, inputs, delta + begin, units, input, inputs, slot.Segments.Span, gradient, inputs);
                delta += (long)slot.Rows * units;
                input += (long)slot.Rows * inputs;
            }
        }

        private void BiasGradient(float* delta, ReadOnlySpan<SlotWork> slots, int offset)
        {
            var units = _layer.Units;
            foreach (var slot in slots)
            {
                Gemm.WeightGradient(1, units, _ones.Pointer, 1, delta, units, slot.Segments.Span, slot.Gradient + offset, units);
                delta += (long)slot.Rows * units;
            }
        }

        public override void Dispose()
        {
            _output.Dispose();
            _sum.Dispose();
            _ones.Dispose();
        }
    }
}
