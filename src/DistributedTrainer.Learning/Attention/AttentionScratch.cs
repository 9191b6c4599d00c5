using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>One head's operands, copied together so that they stay in the caches while it is computed.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    private readonly FloatBuffer _memory;

    public AttentionScratch(AttentionShape shape)
    {
        var head = shape.PaddedTime * shape.PaddedHeadWidth;
        var block = shape.PaddedTime * AttentionShape.KeyBlock;
        _memory = new FloatBuffer(checked(9 * head + 2 * block + shape.PaddedTime));
        var next = _memory.Pointer;
        Queries = Take(head);
        Keys = Take(head);
        Values = Take(head);
        TransposedKeys = Take(head);
        TransposedValues = Take(head);
        Sums = Take(head);
        OutputGradient = Take(head);
        KeyGradient = Take(head);
        ValueGradient = Take(head);
        Weights = Take(block);
        WeightGradient = Take(block);
        Centres = Take(shape.PaddedTime);

        float* Take(int length)
        {
            var taken = next;
            next += length;
            return taken;
        }
    }

    /// <summary>(time, head) at stride PaddedHeadWidth, with zeros behind.</summary>
    public float* Queries { get; }

    public float* Keys { get; }

    public float* Values { get; }

    /// <summary>(head, time) at stride PaddedTime.</summary>
    public float* TransposedKeys { get; }

    public float* TransposedValues { get; }

    /// <summary>(time, head): forward the outputs' sums, backward the gradient by the queries.</summary>
    public float* Sums { get; }

    public float* OutputGradient { get; }

    public float* KeyGradient { get; }

    public float* ValueGradient { get; }

    /// <summary>(time, KeyBlock): scores, then soft-max weights, of one block of keys.</summary>
    public float* Weights { get; }

    /// <summary>(time, KeyBlock): gradient by them.</summary>
    public float* WeightGradient { get; }

    /// <summary>(time): each query's Σ gradient·output.</summary>
    public float* Centres { get; }

    public void Dispose() => _memory.Dispose();
}
