using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Applies an update to the elements from begin to end, a vector at a time; they are whole vectors.</summary>
internal readonly unsafe struct UpdateLoop<TVector, TGradient>(UpdateSpan span, int begin, int end)
    where TVector : struct, IVector<TVector>
    where TGradient : struct, IGradientForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TStep>(TStep step)
        where TStep : struct, IUpdateStep<TVector>
    {
        float* current = span.Current, next = span.Next, sums = span.GradientSum, first = span.First, second = span.Second;
        var scale = TVector.Broadcast(span.Scale);
        var l1 = TVector.Broadcast((float)span.Penalty.L1);
        var l2 = TVector.Broadcast((float)span.Penalty.L2);
        var clip = TVector.Broadcast(span.Clip);
        var (m, v) = (TVector.Zero, TVector.Zero);
        for (long i = begin; i < end; i += TVector.Count)
        {
            if (TStep.Moments > 0)
                m = TVector.Load(first + i);
            if (TStep.Moments > 1)
                v = TVector.Load(second + i);
            var weight = TVector.Load(current + i);
            var gradient = TGradient.Of(TVector.Load(sums + i), weight, scale, l1, l2, clip);
            TVector.Store(step.Update(weight, gradient, ref m, ref v), next + i);
            if (TStep.Moments > 0)
                TVector.Store(Moment.Flush(m), first + i);
            if (TStep.Moments > 1)
                TVector.Store(Moment.Flush(v), second + i);
        }
    }
}
