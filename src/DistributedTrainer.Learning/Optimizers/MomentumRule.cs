using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// v ← μv + g; w ← w − ηv, or with Nesterov w ← w − η(g + μv). PyTorch's form (Sutskever et al. 2013 scale v by η): the first
/// step's v is g, which a v of 0 gives.
/// </summary>
internal sealed class MomentumRule(GradientDescent spec) : UpdateRule
{
    public override int Moments => 1;

    public override void Apply(in UpdateSpan span, in StepTerms terms)
        => span.Run(new Rule((float)-terms.LearningRate, (float)spec.Momentum, spec.Nesterov));

    private readonly struct Rule(float negativeRate, float momentum, bool nesterov) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(new Step<TVector>(TVector.Broadcast(negativeRate), TVector.Broadcast(momentum), nesterov));
    }

    private readonly struct Step<TVector>(TVector negativeRate, TVector momentum, bool nesterov) : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector velocity, ref TVector second)
        {
            velocity = TVector.FusedMultiplyAdd(momentum, velocity, gradient);
            var direction = nesterov ? TVector.FusedMultiplyAdd(momentum, velocity, gradient) : velocity;
            return TVector.FusedMultiplyAdd(negativeRate, direction, weight);
        }
    }
}
