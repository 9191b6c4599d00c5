namespace DistributedTrainer.Learning;

/// <summary>Copies between one head's scratch and the arrays of all heads, where its floats at a position lie side by side.</summary>
internal static unsafe class AttentionHead
{
    /// <summary>(time, head) from positions at <paramref name="stride"/>, padded with zeros to whole tiles.</summary>
    public static void Load(AttentionShape shape, float* source, int stride, float* head)
    {
        var (width, padded) = (shape.HeadWidth, shape.PaddedHeadWidth);
        for (var position = 0; position < shape.Time; position++, source += stride, head += padded)
        {
            new Span<float>(source, width).CopyTo(new(head, width));
            new Span<float>(head + width, padded - width).Clear();
        }

        new Span<float>(head, (shape.PaddedTime - shape.Time) * padded).Clear();
    }

    /// <summary>(head, time) of a loaded (time, head).</summary>
    public static void Transpose(AttentionShape shape, float* head, float* transposed)
    {
        const int Block = 8;
        var (padded, time) = (shape.PaddedHeadWidth, shape.PaddedTime);
        for (var first = 0; first < time; first += Block)
        {
            for (var column = 0; column < shape.HeadWidth; column++)
            {
                float* from = head + (long)first * padded + column, to = transposed + (long)column * time + first;
                for (var i = 0; i < Block; i++)
                    to[i] = from[i * padded];
            }
        }
    }

    /// <summary>Back to positions at <paramref name="stride"/>.</summary>
    public static void Store(AttentionShape shape, float* head, float* destination, int stride)
    {
        for (var position = 0; position < shape.Time; position++, destination += stride, head += shape.PaddedHeadWidth)
            new Span<float>(head, shape.HeadWidth).CopyTo(new(destination, shape.HeadWidth));
    }
}
