using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Copies between one head's scratch and the arrays of all heads, where its floats at a position lie side by side.</summary>
internal static unsafe class AttentionHead
{
    /// <summary>(time, head) from positions at <paramref name="stride"/>; what pads it to whole tiles stays as it is.</summary>
    public static void Load<TVector>(AttentionShape shape, float* source, int stride, float* head)
        where TVector : struct, IVector<TVector>
        => Copy<TVector>(shape, source, stride, head, shape.PaddedHeadWidth);

    /// <summary>Back to positions at <paramref name="stride"/>.</summary>
    public static void Store<TVector>(AttentionShape shape, float* head, float* destination, int stride)
        where TVector : struct, IVector<TVector>
        => Copy<TVector>(shape, head, shape.PaddedHeadWidth, destination, stride);

    /// <summary>(head, time) of positions at <paramref name="stride"/>; what pads it to whole tiles stays as it is.</summary>
    public static void Transpose(AttentionShape shape, float* source, int stride, float* transposed) =>
        Transposition.Run(shape.Time, shape.HeadWidth, source, stride, transposed, shape.PaddedTime);

    // A head's rows are so short that a call for each would cost more than the copy.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<TVector>(AttentionShape shape, float* source, int sourceStride, float* target, int targetStride)
        where TVector : struct, IVector<TVector>
    {
        var (time, width) = (shape.Time, shape.HeadWidth);
        for (var position = 0; position < time; position++, source += sourceStride, target += targetStride)
        {
            var i = 0;
            for (; i <= width - TVector.Count; i += TVector.Count)
                TVector.Store(TVector.Load(source + i), target + i);
            for (; i < width; i++)
                target[i] = source[i];
        }
    }
}
