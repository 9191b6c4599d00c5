using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>A run of elements that are updated alike: all weights, or all biases.</summary>
/// <param name="current">Version t; stays as it is.</param>
/// <param name="next">Receives version t + 1.</param>
/// <param name="gradient">The batch's gradient sum.</param>
/// <param name="first">First moment; null where the rule has none.</param>
/// <param name="second">Second moment; null where the rule has none.</param>
/// <param name="length">Elements.</param>
/// <param name="scale">The float32 reciprocal of the loss's denominator.</param>
/// <param name="penalty">L1 and L2 of these elements.</param>
internal readonly unsafe struct UpdateSpan(
    float* current, float* next, float* gradient, float* first, float* second, int length, float scale, PenaltySpec penalty)
{
    private float* Current { get; } = current;

    private float* Next { get; } = next;

    private float* Gradient { get; } = gradient;

    private float* First { get; } = first;

    private float* Second { get; } = second;

    private int Length { get; } = length;

    /// <summary>Mean, penalty and rule in one pass over memory.</summary>
    public void Run<TRule>(TRule rule)
        where TRule : struct, IUpdateRule
    {
        if (penalty.IsNone)
            Run(rule, new Mean(scale));
        else if (penalty.L1 == 0)
            Run(rule, new RidgeMean(scale, (float)penalty.L2));
        else
            Run(rule, new PenalizedMean(scale, (float)penalty.L1, (float)penalty.L2));
    }

    private void Run<TRule, TGradient>(TRule rule, TGradient gradient)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IGradient
    {
        var kernel = new Kernel<TRule, TGradient>(this, rule, gradient);
        VectorPath.Run(ref kernel);
    }

    private interface IGradient
    {
        TVector Of<TVector>(TVector sum, TVector weight)
            where TVector : struct, IVector<TVector>;
    }

    private readonly struct Mean(float scale) : IGradient
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector>(TVector sum, TVector weight)
            where TVector : struct, IVector<TVector>
            => sum * TVector.Broadcast(scale);
    }

    /// <summary>Mean + l2·w.</summary>
    private readonly struct RidgeMean(float scale, float l2) : IGradient
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector>(TVector sum, TVector weight)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(TVector.Broadcast(l2), weight, sum * TVector.Broadcast(scale));
    }

    /// <summary>Mean + l2·w + l1·sign(w), rounded in this order.</summary>
    private readonly struct PenalizedMean(float scale, float l1, float l2) : IGradient
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector>(TVector sum, TVector weight)
            where TVector : struct, IVector<TVector>
        {
            var gradient = TVector.FusedMultiplyAdd(TVector.Broadcast(l2), weight, sum * TVector.Broadcast(scale));
            return TVector.FusedMultiplyAdd(TVector.Broadcast(l1), Signs.Of(weight), gradient);
        }
    }

    private readonly struct Kernel<TRule, TGradient>(UpdateSpan span, TRule rule, TGradient gradient) : IVectorKernel
        where TRule : struct, IUpdateRule
        where TGradient : struct, IGradient
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            var vectors = span.Length - span.Length % TVector.Count;
            Run<TVector>(0, vectors);
            Run<Lanes1>(vectors, span.Length);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Run<TVector>(int begin, int end)
            where TVector : struct, IVector<TVector>
        {
            float* current = span.Current, next = span.Next, sums = span.Gradient, first = span.First, second = span.Second;
            var (mean, update) = (gradient, rule);
            var (m, v) = (TVector.Zero, TVector.Zero);
            for (var i = begin; i < end; i += TVector.Count)
            {
                if (TRule.Moments > 0)
                    m = TVector.Load(first + i);
                if (TRule.Moments > 1)
                    v = TVector.Load(second + i);
                var weight = TVector.Load(current + i);
                var updated = update.Update(weight, mean.Of(TVector.Load(sums + i), weight), ref m, ref v);
                TVector.Store(updated, next + i);
                if (TRule.Moments > 0)
                    TVector.Store(Moment.Flush(m), first + i);
                if (TRule.Moments > 1)
                    TVector.Store(Moment.Flush(v), second + i);
            }
        }
    }
}
