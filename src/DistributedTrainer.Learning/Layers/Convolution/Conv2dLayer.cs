using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>y = f(x ∗ W + b): x (rows, channels, height, width), W (filters, channels, kernel, kernel), y (rows, filters, height, width).</summary>
internal sealed class Conv2dLayer : Layer, IQuantizable
{
    private readonly InitializerSpec _initializer;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly ConvolutionShape _shape;

    public Conv2dLayer(Conv2d spec, LayerBuilder builder, ConvolutionShape shape)
        : base(spec, builder, new Shape(shape.Filters, shape.OutputHeight, shape.OutputWidth))
    {
        _shape = shape;
        _initializer = spec.Initializer;
        Activation = ActivationFunction.For(spec.Activation);
        IsRectified = spec.Activation == Learning.Activation.Relu;
        KeepsOutput = !Activation.KeepsSum && spec.Activation != Learning.Activation.None;
        _weight = builder.Weight("weight", shape.Filters, shape.Channels, shape.KernelHeight, shape.KernelWidth);
        _bias = spec.Bias ? builder.Bias("bias", shape.Filters) : null;
    }

    public Parameter QuantizedWeight => _weight;

    private ActivationFunction Activation { get; }

    private bool KeepsOutput { get; }

    /// <summary>The rectifier is applied where the sums are stored.</summary>
    private bool IsRectified { get; }

    public override void Initialize(Span<float> parameters, ulong seed)
    {
        var area = _shape.KernelHeight * _shape.KernelWidth;
        Initializer.Fill(
            parameters.Slice(_weight.Offset, _weight.Length), _initializer, _shape.Channels * area, _shape.Filters * area, seed, _weight.Name);
        if (_bias is not null)
            parameters.Slice(_bias.Offset, _bias.Length).Clear();
    }

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(Conv2dLayer layer) : LayerPass(layer)
    {
        /// <summary>x ∗ W + b where the activation's derivative needs it; else the output's own memory.</summary>
        private MemoryBlock? _sum;

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
            var bias = layer._bias is null ? null : batch.Parameters + layer._bias.Offset;
            if (batch.Quantized is { } quantized)
            {
                quantized.Convolve(layer._weight, layer._shape, batch.Rows, Input.Pointer, bias, _sum!.Pointer);
            }
            else
            {
                Numerics.Convolution.Forward(
                    layer._shape, batch.Rows, Input.Pointer, batch.Parameters + layer._weight.Offset, bias, _sum!.Pointer,
                    layer.IsRectified);
                if (layer.IsRectified)
                    return;
            }

            var columns = layer.OutputShape[^1];
            layer.Activation.Forward(_sum.Pointer, Output.Pointer, batch.Rows * (layer.OutputLength / columns), columns);
        }

        public override void Backward(in Batch batch)
        {
            var columns = layer.OutputShape[^1];
            layer.Activation.Backward(_sum!.Pointer, OutputGradient.Pointer, batch.Rows * (layer.OutputLength / columns), columns);
            float* delta = OutputGradient.Pointer, input = Input.Pointer;
            foreach (ref readonly var slot in batch.Slots)
            {
                var bias = layer._bias is null ? null : slot.Gradient + layer._bias.Offset;
                Numerics.Convolution.WeightGradient(
                    layer._shape, delta, input, slot.Segments.Span, slot.Gradient + layer._weight.Offset, bias);
                delta += (long)slot.Rows * layer.OutputLength;
                input += (long)slot.Rows * layer.InputLength;
            }

            if (InputGradient is not null)
            {
                Numerics.Convolution.InputGradient(
                    layer._shape, batch.Rows, OutputGradient.Pointer, batch.Parameters + layer._weight.Offset, InputGradient.Pointer);
            }
        }
    }
}
