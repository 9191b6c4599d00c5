namespace DistributedTrainer.Learning;

/// <summary>y = the greatest of each window; the first of equals, any NaN before all. x (rows, channels, height, width).</summary>
internal sealed class MaxPoolLayer(Pool2d spec, LayerBuilder builder, PoolWindow window) : Layer(spec, builder, window.Output)
{
    private PoolWindow Window { get; } = window;

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(MaxPoolLayer layer) : LayerPass(layer)
    {
        /// <summary>(rows, OutputLength): where in its channel each output came from, as integers.</summary>
        private MemoryBlock? _places;

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _places = memory.Reserve(layer.OutputLength);
            return base.ReserveForward(memory);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(_places!);
            return base.ReserveBackward(memory, needsInputGradient);
        }

        public override void Forward(in Batch batch)
        {
            var window = layer.Window;
            float* x = Input.Pointer, y = Output.Pointer;
            var places = (int*)_places!.Pointer;
            for (var image = 0; image < batch.Rows * window.Channels; image++, x += window.Height * window.Width)
            {
                for (var row = 0; row < window.OutputHeight; row++)
                {
                    if (window is { Size: 2, Stride: 2, OutputWidth: >= PairsOfPixels.Count } && PairsOfPixels.IsSupported)
                        PairsOfPixels.Max(x, row * 2 * window.Width, window.Width, window.OutputWidth, y, places);
                    else if (window.Size == 2)
                        RowOfTwo(x, row * window.Stride * window.Width, window, y, places);
                    else
                        Row(x, row * window.Stride * window.Width, window, y, places);
                    y += window.OutputWidth;
                    places += window.OutputWidth;
                }
            }
        }

        public override void Backward(in Batch batch)
        {
            if (InputGradient is null)
                return;
            var window = layer.Window;
            var area = window.Height * window.Width;
            new Span<float>(InputGradient.Pointer, batch.Rows * layer.InputLength).Clear();
            float* dx = InputGradient.Pointer, dy = OutputGradient.Pointer;
            var places = (int*)_places!.Pointer;
            var outputs = window.OutputHeight * window.OutputWidth;
            for (var image = 0; image < batch.Rows * window.Channels; image++, dx += area, dy += outputs, places += outputs)
            {
                for (var i = 0; i < outputs; i++)
                    dx[places[i]] += dy[i];
            }
        }

        private static void Row(float* x, int begin, in PoolWindow window, float* y, int* places)
        {
            for (var column = 0; column < window.OutputWidth; column++, begin += window.Stride)
            {
                var best = begin;
                for (var down = 0; down < window.Size; down++)
                {
                    for (var across = 0; across < window.Size; across++)
                        best = Better(x, begin + down * window.Width + across, best);
                }

                y[column] = x[best];
                places[column] = best;
            }
        }

        private static void RowOfTwo(float* x, int begin, in PoolWindow window, float* y, int* places)
        {
            for (var column = 0; column < window.OutputWidth; column++, begin += window.Stride)
            {
                var upper = Better(x, begin + 1, begin);
                var lower = Better(x, begin + window.Width + 1, begin + window.Width);
                var best = Better(x, lower, upper);
                y[column] = x[best];
                places[column] = best;
            }
        }

        /// <summary>The place of the greater; the earlier one where they are equal or it holds NaN.</summary>
        private static int Better(float* x, int later, int earlier) => x[later] <= x[earlier] || float.IsNaN(x[earlier]) ? earlier : later;
    }
}
