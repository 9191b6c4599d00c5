using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Scaled dot-product attention of all heads: output_i = Σ_j softmax_j(q_i·k_j / √head)·v_j, in one pass over the keys in blocks of 64
/// (Milakov and Gimelshein 2018; Dao et al. 2022). A block's new maximum rescales what the blocks before have summed; no T × T matrix is
/// kept, only each query's maximum and denominator. Masked keys enter neither maximum nor sum.
/// </summary>
internal unsafe struct AttentionForward : IVectorKernel
{
    public AttentionShape Shape;
    public int Rows;

    /// <summary>(rows, time, 3·width): queries, keys and values of all heads side by side.</summary>
    public float* Projected;

    /// <summary>(rows, time, width).</summary>
    public float* Output;

    /// <summary>(rows, heads, time) each: kept for the backward pass.</summary>
    public float* Maxima;
    public float* Denominators;

    public AttentionScratch Scratch;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var (time, width, head) = (Shape.Time, Shape.Width, Shape.HeadWidth);
        float* maxima = Maxima, denominators = Denominators;
        for (var row = 0; row < Rows; row++)
        {
            for (var h = 0; h < Shape.Heads; h++)
            {
                var queries = Projected + (long)row * time * 3 * width + h * head;
                AttentionHead.Load(Shape, queries, 3 * width, Scratch.Queries);
                AttentionHead.Load(Shape, queries + width, 3 * width, Scratch.Keys);
                AttentionHead.Load(Shape, queries + 2 * width, 3 * width, Scratch.Values);
                AttentionHead.Transpose(Shape, Scratch.Keys, Scratch.TransposedKeys);
                for (var query = 0; query < time; query += AttentionTile<TVector>.Rows)
                    Queries<TVector>(query, maxima, denominators);
                AttentionHead.Store(Shape, Scratch.Sums, Output + (long)row * time * width + h * head, width);
                maxima += time;
                denominators += time;
            }
        }
    }

    /// <summary>Four queries over all blocks of keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Queries<TVector>(int first, float* maxima, float* denominators)
        where TVector : struct, IVector<TVector>
    {
        const int KeyBlock = AttentionShape.KeyBlock;
        var padded = Shape.PaddedHeadWidth;
        var scale = AttentionScale.Of(Shape.HeadWidth);
        var queries = Scratch.Queries + (long)first * padded;
        var sums = Scratch.Sums + (long)first * padded;
        var last = Math.Min(first + AttentionTile<TVector>.Rows, Shape.Time);
        new Span<float>(sums, AttentionTile<TVector>.Rows * padded).Clear();
        for (var key = 0; key < Shape.Time; key += KeyBlock)
        {
            var reach = new AttentionReach(Shape, first, key);
            if (reach.Keys == 0)
                break;
            var weights = Scratch.Weights;
            AttentionTile<TVector>.Product(
                queries, padded, Scratch.TransposedKeys + key, Shape.PaddedTime, Shape.HeadWidth, reach.Columns<TVector>(), weights, KeyBlock);
            for (var query = first; query < last; query++, weights += KeyBlock)
            {
                var before = key == 0 ? float.NegativeInfinity : maxima[query];
                var maximum = Scores<TVector>(weights, Shape.VisibleKeys(query, key), scale, before);
                var sum = Exponentials<TVector>(weights, Shape.VisibleKeys(query, key), maximum);
                maxima[query] = maximum;
                denominators[query] = key == 0 ? sum : Rescale<TVector>(sums + (long)(query - first) * padded, before - maximum, denominators[query], sum);
            }

            AttentionTile<TVector>.AddWeighted(
                Scratch.Weights, KeyBlock, reach.Keys, reach.Further, Scratch.Values + (long)key * padded, padded, padded, sums, padded);
        }

        for (var query = first; query < last; query++, sums += padded)
            Scale<TVector>(sums, 1 / denominators[query]);
    }

    /// <summary>Scales the visible scores, hides the others of their last vector, and returns the largest of them and the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Scores<TVector>(float* scores, int visible, float scale, float before)
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc float[16];
        AttentionScale.Hide(scores, visible);
        var (scales, largest) = (TVector.Broadcast(scale), TVector.Broadcast(before));
        for (var i = 0; i < visible; i += TVector.Count)
        {
            var score = TVector.Load(scores + i) * scales;
            TVector.Store(score, scores + i);
            largest = VectorMath.Max(largest, score);
        }

        return LaneMax.Of(largest, lanes);
    }

    /// <summary>Writes e^(score − maximum) and returns the sum in 32 lanes; hidden scores give +0, which changes no lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Exponentials<TVector>(float* scores, int visible, float maximum)
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc float[LaneSum.Lanes];
        LaneSum.Clear<TVector>(lanes);
        var shift = TVector.Broadcast(maximum);
        for (var i = 0; i < visible; i += TVector.Count)
        {
            var terms = VectorMath.Exp(TVector.Load(scores + i) - shift);
            TVector.Store(terms, scores + i);
            LaneSum.Add(lanes, i, terms);
        }

        return LaneSum.Join<TVector>(lanes);
    }

    /// <summary>Brings what earlier blocks summed to the new maximum; returns the denominator.</summary>
    private readonly float Rescale<TVector>(float* sums, float difference, float denominator, float sum)
        where TVector : struct, IVector<TVector>
    {
        var factor = VectorMath.Exp(difference);
        Scale<TVector>(sums, factor);
        return denominator * factor + sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Scale<TVector>(float* sums, float factor)
        where TVector : struct, IVector<TVector>
    {
        var factors = TVector.Broadcast(factor);
        for (var i = 0; i < Shape.PaddedHeadWidth; i += TVector.Count)
            TVector.Store(TVector.Load(sums + i) * factors, sums + i);
    }
}
