using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Softmax cross-entropy of whole rows in one loop, since the logits of a position are few and a call each for maximum, exponentials,
/// sum and gradient would cost more than the work. Shapes as in <see cref="CrossEntropyLoss"/>; targets are valid indexes.
/// </summary>
internal unsafe struct CrossEntropyKernel : IVectorKernel
{
    public int Rows;
    public int Positions;
    public int Classes;
    public float* Logits;
    public float* Targets;
    public float* Losses;
    public float* Gradient;

    /// <summary>1 − ε: what the target adds on the row's class.</summary>
    public float OnClass;

    /// <summary>ε / classes: the target on every class.</summary>
    public float Everywhere;

    private const int Lanes = LaneSum.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc float[Lanes];
        var sums = stackalloc float[Lanes];
        for (var row = 0; row < Rows; row++)
        {
            if (Positions == 1)
            {
                Losses[row] = Position<TVector>(row, lanes);
                continue;
            }

            new Span<float>(sums, Lanes).Clear();
            for (var position = 0; position < Positions; position++)
                sums[position % Lanes] += Position<TVector>((long)row * Positions + position, lanes);
            Losses[row] = LaneSum.Join<TVector>(sums);
        }
    }

    /// <summary>One position's loss, from its largest logit and the logarithm of Σ e^(x − max).</summary>
    public readonly float Loss(long position, float max, float shiftedSum, float logSum) =>
        OnClass * (logSum - (Logits[position * Classes + (int)Targets[position]] - max)) + Everywhere * (Classes * logSum - shiftedSum);

    /// <summary>Σ (x − max): what label smoothing adds to a position's loss; 0 without. The gradient's memory holds the terms.</summary>
    public readonly float ShiftedSum(long position, float max)
    {
        if (Everywhere == 0)
            return 0;
        float* logits = Logits + position * Classes, terms = Gradient + position * Classes;
        for (var i = 0; i < Classes; i++)
            terms[i] = logits[i] - max;
        return Reduction.Sum(terms, Classes);
    }

    /// <summary>One position's loss; its gradient is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Position<TVector>(long position, float* lanes)
        where TVector : struct, IVector<TVector>
    {
        float* logits = Logits + position * Classes, gradient = Gradient + position * Classes;

        // log softmax(x)_i = (x_i - max) - log Σ e^(x_j - max): no term overflows, and the log's argument is at least 1.
        var max = Max<TVector>(logits);
        var shiftedSum = ShiftedSum(position, max);
        var sum = Exponentials<TVector>(logits, max, gradient, lanes);
        var loss = Loss(position, max, shiftedSum, VectorMath.Log(sum));
        Scale<TVector>(gradient, 1 / sum);
        gradient[(int)Targets[position]] -= OnClass;
        return loss;
    }

    /// <summary>The largest logit; NaN where any is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Max<TVector>(float* logits)
        where TVector : struct, IVector<TVector>
    {
        var largest = TVector.Broadcast(float.NegativeInfinity);
        var i = 0;
        for (; i <= Classes - TVector.Count; i += TVector.Count)
            largest = VectorMath.Max(largest, TVector.Load(logits + i));
        if (i < Classes)
            largest = VectorMath.Max(largest, VectorTail.Load<TVector>(logits + i, Classes - i, float.NegativeInfinity));
        return LaneMax.Of(largest);
    }

    /// <summary>Writes e^(x − max) and returns its sum in 32 lanes, as <see cref="Reduction.Sum(float*, int)"/> defines it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Exponentials<TVector>(float* logits, float max, float* exponentials, float* lanes)
        where TVector : struct, IVector<TVector>
    {
        LaneSum.Clear<TVector>(lanes);
        var shift = TVector.Broadcast(max);
        var i = 0;
        for (; i <= Classes - TVector.Count; i += TVector.Count)
        {
            var terms = VectorMath.Exp(TVector.Load(logits + i) - shift);
            TVector.Store(terms, exponentials + i);
            LaneSum.Add(lanes, i, terms);
        }

        if (i < Classes)
        {
            // Beyond the row e^−∞ adds +0, which changes no lane: none holds −0.
            var terms = VectorMath.Exp(VectorTail.Load<TVector>(logits + i, Classes - i, float.NegativeInfinity) - shift);
            VectorTail.Store(terms, exponentials + i, Classes - i);
            LaneSum.Add(lanes, i, terms);
        }

        return LaneSum.Join<TVector>(lanes);
    }

    /// <summary>From exponentials to softmax less the target's part on every class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Scale<TVector>(float* gradient, float factor)
        where TVector : struct, IVector<TVector>
    {
        var (factors, everywhere) = (TVector.Broadcast(factor), TVector.Broadcast(Everywhere));
        var i = 0;
        for (; i <= Classes - TVector.Count; i += TVector.Count)
            TVector.Store(TVector.Load(gradient + i) * factors - everywhere, gradient + i);
        for (; i < Classes; i++)
            gradient[i] = gradient[i] * factor - Everywhere;
    }
}
