using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>w ← w − η·g.</summary>
internal sealed class GradientDescentRule : UpdateRule
{
    public override int Moments => 0;

    public override void Apply(in UpdateSpan span, in StepTerms terms) => span.Run(new Rule((float)-terms.LearningRate));

    private readonly struct Rule(float negativeRate) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(new Step<TVector>(TVector.Broadcast(negativeRate)));
    }

    private readonly struct Step<TVector>(TVector negativeRate) : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector first, ref TVector second)
            => TVector.FusedMultiplyAdd(negativeRate, gradient, weight);
    }
}
