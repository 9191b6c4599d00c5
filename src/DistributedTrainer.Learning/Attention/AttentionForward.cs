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
                AttentionHead.Load<TVector>(Shape, queries, 3 * width, Scratch.Queries);
                AttentionHead.Transpose(Shape, queries + width, 3 * width, Scratch.TransposedKeys);
                AttentionHead.Load<TVector>(Shape, queries + 2 * width, 3 * width, Scratch.Values);
                for (var query = 0; query < time; query += AttentionTile<TVector>.Rows)
                    Queries<TVector>(query, maxima, denominators);
                AttentionHead.Store<TVector>(Shape, Scratch.Sums, Output + (long)row * time * width + h * head, width);
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
        var queries = Scratch.Queries + (long)first * padded;
        var sums = Scratch.Sums + (long)first * padded;
        var last = Math.Min(first + AttentionTile<TVector>.Rows, Shape.Time);
        new Span<float>(sums, AttentionTile<TVector>.Rows * padded).Clear();
        for (var key = 0; key < Shape.Time; key += KeyBlock)
        {
            var reach = new AttentionReach(Shape, first, key);
            if (reach.Keys == 0)
                break;
            AttentionTile<TVector>.Product(
                queries, padded, Scratch.TransposedKeys + key, Shape.PaddedTime, Shape.HeadWidth, reach.Columns<TVector>(), Scratch.Weights, KeyBlock);
            Weigh<TVector>(first, last - first, key, maxima + first, denominators + first, sums);
            AttentionTile<TVector>.AddWeighted(
                Scratch.Weights, KeyBlock, reach.Keys, reach.Further, Scratch.Values + (long)key * padded, padded, padded, sums, padded);
        }

        for (var query = first; query < last; query++, sums += padded)
            Scale<TVector>(sums, 1 / denominators[query]);
    }

    /// <summary>
    /// From four queries' products with a block of keys to their weights e^(score − maximum), and to their maxima and denominators so far.
    /// The queries' exponentials are computed beside each other: one alone would wait for each of its steps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh<TVector>(int first, int queries, int key, float* maxima, float* denominators, float* sums)
        where TVector : struct, IVector<TVector>
    {
        const int KeyBlock = AttentionShape.KeyBlock;
        float* weights = Scratch.Weights, largest = Scratch.Maxima, before = Scratch.Before, lanes = Scratch.Lanes;
        var columns = Shape.VisibleKeys(first + queries - 1, key);
        for (var i = 0; i < queries; i++)
        {
            before[i] = key == 0 ? float.NegativeInfinity : maxima[i];
            largest[i] = Scores<TVector>(weights + i * KeyBlock, columns, Scratch.Visible(Shape.VisibleKeys(first + i, key)), before[i]);
            LaneSum.Clear<TVector>(lanes + i * LaneSum.Lanes);
        }

        // Hidden scores are −∞ and give +0, which changes no lane.
        for (var column = 0; column < columns; column += TVector.Count)
        {
            var place = weights + column;
            for (var i = 0; i < queries; i++, place += KeyBlock)
            {
                var terms = VectorMath.Exp(TVector.Load(place) - TVector.Broadcast(largest[i]));
                TVector.Store(terms, place);
                LaneSum.Add(lanes + i * LaneSum.Lanes, column, terms);
            }
        }

        for (var i = 0; i < queries; i++)
        {
            var sum = LaneSum.Join<TVector>(lanes + i * LaneSum.Lanes);
            maxima[i] = largest[i];
            denominators[i] = key == 0 ? sum : Rescale<TVector>(sums + (long)i * Shape.PaddedHeadWidth, before[i] - largest[i], denominators[i], sum);
        }
    }

    /// <summary>Scales the visible scores, hides the others, and returns the largest of them and the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Scores<TVector>(float* scores, int columns, float* visible, float before)
        where TVector : struct, IVector<TVector>
    {
        var (scales, hidden, largest) = (TVector.Broadcast(Scratch.Scale), TVector.Broadcast(float.NegativeInfinity), TVector.Broadcast(before));
        for (var i = 0; i < columns; i += TVector.Count)
        {
            var score = TVector.Select(TVector.Load(visible + i), TVector.Load(scores + i) * scales, hidden);
            TVector.Store(score, scores + i);
            largest = VectorMath.Max(largest, score);
        }

        return LaneMax.Of(largest);
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
