using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>w ← w − η·g.</summary>
internal sealed class GradientDescentRule(GradientDescent spec) : UpdateRule
{
    public override int Moments => Step.Moments;

    public override void Apply(in UpdateSpan span, long step) => span.Run(new Step((float)-spec.LearningRate));

    private readonly struct Step(float negativeRate) : IUpdateRule
    {
        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update<TVector>(TVector weight, TVector gradient, ref TVector first, ref TVector second)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(TVector.Broadcast(negativeRate), gradient, weight);
    }
}
