using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Softmax cross-entropy of as many rows at a time as a vector has lanes, one row a lane: for few classes, where a row alone would leave
/// lanes empty and wait for the last step of each of its reductions. The bits are those of <see cref="CrossEntropyKernel"/>.
/// </summary>
internal unsafe struct CrossEntropyRowsKernel : IVectorKernel
{
    /// <summary>With no more classes than a reduction has lanes, each class is a lane's only element.</summary>
    public const int MaxClasses = 32;

    private const int WidestVector = 16;

    public CrossEntropyKernel Of;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var (classes, lanes) = (Of.Classes, TVector.Count);
        var terms = stackalloc float[MaxClasses * WidestVector];
        var sums = stackalloc float[MaxClasses * WidestVector];
        float* maxima = stackalloc float[WidestVector], logSums = stackalloc float[WidestVector];
        for (var row = 0; row < Of.Rows; row += lanes)
        {
            var rows = Math.Min(lanes, Of.Rows - row);
            var logits = Of.Logits + (long)row * classes;
            var gradient = Of.Gradient + (long)row * classes;
            for (var lane = 0; lane < lanes; lane++)
            {
                var source = logits + Math.Min(lane, rows - 1) * classes;
                for (var i = 0; i < classes; i++)
                    terms[i * lanes + lane] = source[i];
            }

            var max = TVector.Load(terms);
            for (var i = 1; i < classes; i++)
                max = VectorMath.Max(max, TVector.Load(terms + i * lanes));
            TVector.Store(max, maxima);
            for (var i = 0; i < classes; i++)
            {
                var term = VectorMath.Exp(TVector.Load(terms + i * lanes) - max);
                TVector.Store(term, terms + i * lanes);
                TVector.Store(term, sums + i * lanes);
            }

            var sum = Sum<TVector>(sums, classes);
            TVector.Store(VectorMath.Log(sum), logSums);
            for (var lane = 0; lane < rows; lane++)
                Of.Losses[row + lane] = Of.Loss(row + lane, maxima[lane], Of.ShiftedSum(row + lane, maxima[lane]), logSums[lane]);

            var factor = TVector.Broadcast(1) / sum;
            var everywhere = TVector.Broadcast(Of.Everywhere);
            for (var i = 0; i < classes; i++)
                TVector.Store(TVector.Load(terms + i * lanes) * factor - everywhere, terms + i * lanes);
            for (var lane = 0; lane < rows; lane++)
            {
                var target = gradient + lane * classes;
                for (var i = 0; i < classes; i++)
                    target[i] = terms[i * lanes + lane];
                target[(int)Of.Targets[row + lane]] -= Of.OnClass;
            }
        }
    }

    /// <summary>The tree of <see cref="Reduction.Sum(float*, int)"/>; its empty lanes would add +0 to terms that are never −0.</summary>
    private static TVector Sum<TVector>(float* sums, int count)
        where TVector : struct, IVector<TVector>
    {
        for (var distance = MaxClasses / 2; distance > 0; distance /= 2)
        {
            for (var i = 0; i < distance && i + distance < count; i++)
                TVector.Store(TVector.Load(sums + i * TVector.Count) + TVector.Load(sums + (i + distance) * TVector.Count), sums + i * TVector.Count);
        }

        return TVector.Load(sums);
    }
}
