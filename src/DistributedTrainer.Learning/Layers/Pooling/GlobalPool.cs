using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The greatest, or the mean, of each whole channel: (channels, height, width) becomes (channels).</summary>
public sealed record GlobalPool(Pooling Take) : LayerSpec
{
    public override string Kind => "global-pool";

    internal override Layer Compile(LayerBuilder builder) => new GlobalPoolLayer(this, builder, builder.Image());
}

/// <summary>y = the sum over a channel's pixels (32 lanes) times 1 / pixels, or the first of its greatest. x (rows, channels, pixels).</summary>
internal sealed class GlobalPoolLayer(GlobalPool spec, LayerBuilder builder, Shape image) : Layer(spec, builder, new Shape(image[0]))
{
    private Pooling Take { get; } = spec.Take;

    private int Pixels { get; } = image[1] * image[2];

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(GlobalPoolLayer layer) : LayerPass(layer)
    {
        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            if (layer.Take == Pooling.Max)
                memory.Use(Input);
            return base.ReserveBackward(memory, needsInputGradient);
        }

        public override void Forward(in Batch batch)
        {
            var pixels = layer.Pixels;
            float* x = Input.Pointer, y = Output.Pointer;
            for (var channel = 0; channel < batch.Rows * layer.OutputLength; channel++, x += pixels)
                y[channel] = layer.Take == Pooling.Max ? x[Reduction.ArgMax(x, pixels)] : Reduction.Sum(x, pixels) * (1f / pixels);
        }

        public override void Backward(in Batch batch)
        {
            if (InputGradient is null)
                return;
            var pixels = layer.Pixels;
            float* x = Input.Pointer, dx = InputGradient.Pointer, dy = OutputGradient.Pointer;
            for (var channel = 0; channel < batch.Rows * layer.OutputLength; channel++, x += pixels, dx += pixels)
            {
                var all = new Span<float>(dx, pixels);
                if (layer.Take == Pooling.Average)
                {
                    all.Fill(dy[channel] * (1f / pixels));
                    continue;
                }

                all.Clear();
                dx[Reduction.ArgMax(x, pixels)] = dy[channel];
            }
        }
    }
}
