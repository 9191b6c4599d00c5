using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>One head's operands, copied together so that they stay in the caches while it is computed.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    /// <summary>Queries that are treated together.</summary>
    private const int Four = 4;

    private readonly FloatBuffer _memory;

    /// <summary>As many ones, then as many zeros, as a block has keys.</summary>
    private readonly float* _visible;

    public AttentionScratch(AttentionShape shape)
    {
        var head = shape.PaddedTime * shape.PaddedHeadWidth;
        var block = shape.PaddedTime * AttentionShape.KeyBlock;
        _memory = new FloatBuffer(checked(9 * head + 2 * block + shape.PaddedTime + 2 * AttentionShape.KeyBlock + Four * (LaneSum.Lanes + 2)));
        Scale = (float)(1 / Math.Sqrt(shape.HeadWidth));
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
        _visible = Take(2 * AttentionShape.KeyBlock);
        new Span<int>(_visible, AttentionShape.KeyBlock).Fill(-1);
        Lanes = Take(Four * LaneSum.Lanes);
        Before = Take(Four);
        Maxima = Take(Four);

        float* Take(int length)
        {
            var taken = next;
            next += length;
            return taken;
        }
    }

    /// <summary>1 / √head: keeps the scores' variance (Vaswani et al. 2017).</summary>
    public float Scale { get; }

    /// <summary>(time, head) at stride PaddedHeadWidth, with zeros behind, which nobody overwrites.</summary>
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

    /// <summary>(4, 32): sums of four queries.</summary>
    public float* Lanes { get; }

    /// <summary>(4): the queries' maxima before a block of keys, and with it.</summary>
    public float* Before { get; }

    public float* Maxima { get; }

    /// <summary>(KeyBlock) and some more: all ones where a key is one of so many that a query sees, else all zeros.</summary>
    public float* Visible(int keys) => _visible + AttentionShape.KeyBlock - keys;

    public void Dispose() => _memory.Dispose();
}
