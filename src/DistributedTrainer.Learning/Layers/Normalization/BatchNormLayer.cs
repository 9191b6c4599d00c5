using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// x̂ = (x − mean) / √(variance + ε), y = weight · x̂ + bias: x, x̂, y (rows, channels, positions), the rest (channels). In training mean and
/// variance are those of the row's slice; elsewhere the running ones.
/// </summary>
internal sealed class BatchNormLayer : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly RunningMoments _running;
    private readonly double _epsilon;

    public BatchNormLayer(BatchNorm spec, LayerBuilder builder, int channels)
        : base(spec, builder, builder.Input)
    {
        Channels = channels;
        Positions = builder.Input.Elements / channels;
        _epsilon = spec.Epsilon;
        _weight = builder.Bias("weight", channels);
        _bias = builder.Bias("bias", channels);
        _running = builder.RunningMoments(channels, Positions, spec.Momentum);
    }

    public override bool NeedsSeveralRows => Positions == 1;

    private int Channels { get; }

    private int Positions { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        parameters.Slice(_weight.Offset, Channels).Fill(1);
        parameters.Slice(_bias.Offset, Channels).Clear();
        parameters.Slice(_running.Mean.Offset, Channels).Clear();
        parameters.Slice(_running.Variance.Offset, Channels).Fill(1);
    }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(BatchNormLayer layer) : LayerPass(layer)
    {
        private readonly FloatBuffer _factors = new(layer.Channels);
        private readonly FloatBuffer _offsets = new(layer.Channels);
        private readonly double[] _sums = new double[layer.Channels];
        private readonly double[] _dots = new double[layer.Channels];
        private readonly SegmentFold _weights = new(layer.Channels);
        private readonly SegmentFold _biases = new(layer.Channels);
        private readonly MomentsFold _moments = new(layer._running);

        /// <summary>(rows, channels, positions): x̂.</summary>
        private MemoryBlock? _normalized;

        /// <summary>(slices, channels): 1 / √(variance + ε).</summary>
        private float[] _inverse = [];

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _normalized = memory.Reserve(layer.OutputLength);
            return base.ReserveForward(memory);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(_normalized!);
            return OutputGradient;
        }

        public override void Forward(in Batch batch)
        {
            if (!batch.Training)
            {
                WithRunningMoments(batch);
                return;
            }

            var slice = 0;
            float* x = Input.Pointer, normalized = _normalized!.Pointer, y = Output.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                _moments.Begin();
                foreach (var segment in slot.Segments.Span)
                {
                    Normalize(x, normalized, segment, slice++);
                    ChannelMath.Affine(
                        normalized, y, segment.Rows, layer.Channels, layer.Positions,
                        batch.Parameters + layer._weight.Offset, batch.Parameters + layer._bias.Offset);
                    var length = (long)segment.Rows * layer.OutputLength;
                    x += length;
                    normalized += length;
                    y += length;
                }

                _moments.End(slot.Gradient);
            }
        }

        public override void Backward(in Batch batch)
        {
            var slice = 0;
            float* normalized = _normalized!.Pointer, delta = OutputGradient.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                _weights.Begin();
                _biases.Begin();
                foreach (var segment in slot.Segments.Span)
                {
                    ChannelMath.Sum(delta, segment.Rows, layer.Channels, layer.Positions, _sums);
                    ChannelMath.Dot(delta, normalized, segment.Rows, layer.Channels, layer.Positions, _dots);
                    _biases.Add(_sums, segment.Merges);
                    _weights.Add(_dots, segment.Merges);
                    if (InputGradient is not null)
                        InputGradientOf(segment.Rows, batch.Parameters + layer._weight.Offset, normalized, delta, slice);
                    slice++;
                    var length = (long)segment.Rows * layer.OutputLength;
                    normalized += length;
                    delta += length;
                }

                _weights.End(slot.Gradient + layer._weight.Offset);
                _biases.End(slot.Gradient + layer._bias.Offset);
            }
        }

        public override void Dispose()
        {
            _factors.Dispose();
            _offsets.Dispose();
        }

        /// <summary>x̂ of one slice; keeps its moments for the running ones.</summary>
        private void Normalize(float* x, float* normalized, in Segment slice, int index)
        {
            var (rows, channels, positions) = (slice.Rows, layer.Channels, layer.Positions);
            var count = (double)rows * positions;
            ChannelMath.Sum(x, rows, channels, positions, _sums);
            for (var c = 0; c < channels; c++)
            {
                _factors.Pointer[c] = 1;
                _offsets.Pointer[c] = -(float)(_sums[c] / count);
            }

            ChannelMath.Affine(x, normalized, rows, channels, positions, _factors.Pointer, _offsets.Pointer);
            ChannelMath.Dot(normalized, normalized, rows, channels, positions, _dots);
            _moments.Add(_offsets.Span, _dots, slice);
            if (_inverse.Length < (index + 1) * channels)
                Array.Resize(ref _inverse, (index + 8) * channels);
            for (var c = 0; c < channels; c++)
                _inverse[index * channels + c] = _factors.Pointer[c] = (float)(1 / Math.Sqrt(_dots[c] / count + layer._epsilon));
            _offsets.Span.Clear();
            ChannelMath.Affine(normalized, normalized, rows, channels, positions, _factors.Pointer, _offsets.Pointer);
        }

        /// <summary>dx = weight / √(variance + ε) · (dy − mean of dy − x̂ · mean of dy·x̂), in the place of dy; x̂ is used up.</summary>
        private void InputGradientOf(int rows, float* weight, float* normalized, float* delta, int slice)
        {
            var (channels, positions) = (layer.Channels, layer.Positions);
            var count = (double)rows * positions;
            for (var c = 0; c < channels; c++)
            {
                var scale = (double)weight[c] * _inverse[slice * channels + c];
                _factors.Pointer[c] = (float)(-scale * _dots[c] / count);
                _offsets.Pointer[c] = (float)(-scale * _sums[c] / count);
            }

            ChannelMath.Affine(normalized, normalized, rows, channels, positions, _factors.Pointer, _offsets.Pointer);
            for (var c = 0; c < channels; c++)
                _factors.Pointer[c] = weight[c] * _inverse[slice * channels + c];
            ChannelMath.MultiplyAdd(delta, normalized, delta, rows, channels, positions, _factors.Pointer);
        }

        private void WithRunningMoments(in Batch batch)
        {
            var vector = batch.Parameters;
            for (var c = 0; c < layer.Channels; c++)
            {
                var factor = vector[layer._weight.Offset + c] / Math.Sqrt(vector[layer._running.Variance.Offset + c] + layer._epsilon);
                _factors.Pointer[c] = (float)factor;
                _offsets.Pointer[c] = (float)(vector[layer._bias.Offset + c] - factor * vector[layer._running.Mean.Offset + c]);
            }

            ChannelMath.Affine(
                Input.Pointer, Output.Pointer, batch.Rows, layer.Channels, layer.Positions, _factors.Pointer, _offsets.Pointer);
        }
    }
}
