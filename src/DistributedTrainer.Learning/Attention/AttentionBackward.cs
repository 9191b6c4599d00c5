using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Gradients of attention by queries, keys and values (Dao et al. 2022): weights are computed again, 64 keys by 64 queries at a time,
/// from each query's maximum and denominator. With p the weights and g the gradient by the output, the gradient by a score is
/// p_ij·(g_i·v_j − Σ g_i·output_i). Sums over queries and over keys run in ascending order.
/// </summary>
internal unsafe struct AttentionBackward : IVectorKernel
{
    public AttentionShape Shape;
    public int Rows;

    /// <summary>(rows, time, 3·width), as in the forward pass.</summary>
    public float* Projected;

    /// <summary>(rows, time, width): the forward pass's result, and the gradient by it.</summary>
    public float* Output;
    public float* OutputGradient;

    /// <summary>(rows, heads, time) each, from the forward pass.</summary>
    public float* Maxima;
    public float* Denominators;

    /// <summary>Receives (rows, time, 3·width).</summary>
    public float* ProjectedGradient;

    public AttentionScratch Scratch;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        const int KeyBlock = AttentionShape.KeyBlock;
        var (time, width, head) = (Shape.Time, Shape.Width, Shape.HeadWidth);
        float* maxima = Maxima, denominators = Denominators;
        for (var row = 0; row < Rows; row++)
        {
            for (var h = 0; h < Shape.Heads; h++)
            {
                var place = (long)row * time * 3 * width + h * head;
                Load<TVector>(Projected + place, (long)row * time * width + h * head);
                for (var key = 0; key < time; key += KeyBlock)
                {
                    for (var query = Shape.Causal ? key : 0; query < time; query += KeyBlock)
                        Block<TVector>(query, key, maxima, denominators);
                }

                AttentionHead.Store<TVector>(Shape, Scratch.Sums, ProjectedGradient + place, 3 * width);
                AttentionHead.Store<TVector>(Shape, Scratch.KeyGradient, ProjectedGradient + place + width, 3 * width);
                AttentionHead.Store<TVector>(Shape, Scratch.ValueGradient, ProjectedGradient + place + 2 * width, 3 * width);
                maxima += time;
                denominators += time;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Load<TVector>(float* queries, long output)
        where TVector : struct, IVector<TVector>
    {
        var (width, head) = (Shape.Width, Shape.HeadWidth);
        AttentionHead.Load<TVector>(Shape, queries, 3 * width, Scratch.Queries);
        AttentionHead.Load<TVector>(Shape, queries + width, 3 * width, Scratch.Keys);
        AttentionHead.Load<TVector>(Shape, OutputGradient + output, width, Scratch.OutputGradient);
        AttentionHead.Transpose(Shape, queries + width, 3 * width, Scratch.TransposedKeys);
        AttentionHead.Transpose(Shape, queries + 2 * width, 3 * width, Scratch.TransposedValues);
        for (var position = 0; position < Shape.Time; position++)
        {
            var place = output + (long)position * width;
            Scratch.Centres[position] = FeatureSum.OfProducts<TVector>(OutputGradient + place, Output + place, head);
        }

        var length = Shape.PaddedTime * Shape.PaddedHeadWidth;
        new Span<float>(Scratch.Sums, length).Clear();
        new Span<float>(Scratch.KeyGradient, length).Clear();
        new Span<float>(Scratch.ValueGradient, length).Clear();
    }

    /// <summary>64 queries and 64 keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block<TVector>(int firstQuery, int firstKey, float* maxima, float* denominators)
        where TVector : struct, IVector<TVector>
    {
        const int KeyBlock = AttentionShape.KeyBlock;
        const int Four = AttentionTile<TVector>.Rows;
        var (padded, head, time) = (Shape.PaddedHeadWidth, Shape.HeadWidth, Shape.PaddedTime);
        var queries = Math.Min(KeyBlock, Shape.Time - firstQuery);
        var keys = Math.Min(KeyBlock, Shape.Time - firstKey);
        var keyRows = Scratch.Keys + (long)firstKey * padded;
        for (var i = 0; i < queries; i += Four)
        {
            var query = firstQuery + i;
            var reach = new AttentionReach(Shape, query, firstKey);
            var columns = reach.Columns<TVector>();
            float* weights = Scratch.Weights + i * KeyBlock, gradient = Scratch.WeightGradient + i * KeyBlock;
            var place = (long)query * padded;
            AttentionTile<TVector>.Product(
                Scratch.Queries + place, padded, Scratch.TransposedKeys + firstKey, time, head, columns, weights, KeyBlock);
            AttentionTile<TVector>.Product(
                Scratch.OutputGradient + place, padded, Scratch.TransposedValues + firstKey, time, head, columns, gradient, KeyBlock);
            Scores<TVector>(
                weights, gradient, Shape.VisibleKeys(Math.Min(query + Four, Shape.Time) - 1, firstKey), maxima + query, denominators + query,
                Scratch.Centres + query, Math.Min(Four, queries - i));
            AttentionTile<TVector>.AddWeighted(
                gradient, KeyBlock, reach.Keys, reach.Further, keyRows, padded, padded, Scratch.Sums + place, padded);
        }

        var diagonal = Shape.Causal && firstQuery == firstKey ? 1 : 0;
        for (var key = 0; key < keys; key += Four)
        {
            var skipped = key * diagonal;
            var (weights, place) = (skipped * KeyBlock + key, (long)(firstQuery + skipped) * padded);
            var sums = (long)(firstKey + key) * padded;
            AttentionTile<TVector>.AddTransposed(
                Scratch.Weights + weights, KeyBlock, queries - skipped, diagonal, Scratch.OutputGradient + place, padded, padded,
                Scratch.ValueGradient + sums, padded);
            AttentionTile<TVector>.AddTransposed(
                Scratch.WeightGradient + weights, KeyBlock, queries - skipped, diagonal, Scratch.Queries + place, padded, padded,
                Scratch.KeyGradient + sums, padded);
        }
    }

    /// <summary>
    /// From four queries' products with keys to their weights, and from g·v to the gradients by q·k. What stands at keys that a query does not
    /// see is never used.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Scores<TVector>(
        float* weights, float* gradient, int columns, float* maxima, float* denominators, float* centres, int queries)
        where TVector : struct, IVector<TVector>
    {
        const int KeyBlock = AttentionShape.KeyBlock;
        var scale = TVector.Broadcast(Scratch.Scale);
        for (var i = 0; i < queries; i++, weights += KeyBlock, gradient += KeyBlock)
        {
            var (shift, factor, centre) = (TVector.Broadcast(maxima[i]), TVector.Broadcast(1 / denominators[i]), TVector.Broadcast(centres[i]));
            for (var column = 0; column < columns; column += TVector.Count)
            {
                var weight = VectorMath.Exp(TVector.Load(weights + column) * scale - shift) * factor;
                TVector.Store(weight, weights + column);
                TVector.Store(weight * (TVector.Load(gradient + column) - centre) * scale, gradient + column);
            }
        }
    }
}
