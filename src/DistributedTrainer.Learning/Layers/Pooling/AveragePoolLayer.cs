namespace DistributedTrainer.Learning;

/// <summary>y = the sum of each window, row by row in order, times 1 / size². x (rows, channels, height, width).</summary>
internal sealed class AveragePoolLayer(Pool2d spec, LayerBuilder builder, PoolWindow window) : Layer(spec, builder, window.Output)
{
    private PoolWindow Window { get; } = window;

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(AveragePoolLayer layer) : LayerPass(layer)
    {
        public override void Forward(in Batch batch)
        {
            var window = layer.Window;
            var part = 1f / (window.Size * window.Size);
            float* x = Input.Pointer, y = Output.Pointer;
            for (var image = 0; image < batch.Rows * window.Channels; image++, x += window.Height * window.Width)
            {
                for (var row = 0; row < window.OutputHeight; row++)
                {
                    for (var column = 0; column < window.OutputWidth; column++)
                        *y++ = Sum(x + (row * window.Width + column) * window.Stride, window) * part;
                }
            }
        }

        public override void Backward(in Batch batch)
        {
            if (InputGradient is null)
                return;
            var window = layer.Window;
            var part = 1f / (window.Size * window.Size);
            new Span<float>(InputGradient.Pointer, batch.Rows * layer.InputLength).Clear();
            float* dx = InputGradient.Pointer, dy = OutputGradient.Pointer;
            for (var image = 0; image < batch.Rows * window.Channels; image++, dx += window.Height * window.Width)
            {
                for (var row = 0; row < window.OutputHeight; row++)
                {
                    for (var column = 0; column < window.OutputWidth; column++)
                        Spread(dx + (row * window.Width + column) * window.Stride, window, *dy++ * part);
                }
            }
        }

        private static float Sum(float* x, in PoolWindow window)
        {
            var sum = 0f;
            for (var down = 0; down < window.Size; down++, x += window.Width)
            {
                for (var across = 0; across < window.Size; across++)
                    sum += x[across];
            }

            return sum;
        }

        private static void Spread(float* dx, in PoolWindow window, float gradient)
        {
            for (var down = 0; down < window.Size; down++, dx += window.Width)
            {
                for (var across = 0; across < window.Size; across++)
                    dx[across] += gradient;
            }
        }
    }
}
