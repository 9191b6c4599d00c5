using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// v ← μv + g; w ← w − ηv, or with Nesterov w ← w − η(g + μv). PyTorch's form (Sutskever et al. 2013 scale v by η): the first
/// step's v is g, which a v of 0 gives.
/// </summary>
internal sealed class MomentumRule(GradientDescent spec) : UpdateRule
{
    public override int Moments => Step.Moments;

    public override void Apply(in UpdateSpan span, long step)
        => span.Run(new Step((float)-spec.LearningRate, (float)spec.Momentum, spec.Nesterov));

    private readonly struct Step(float negativeRate, float momentum, bool nesterov) : IUpdateRule
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update<TVector>(TVector weight, TVector gradient, ref TVector velocity, ref TVector second)
            where TVector : struct, IVector<TVector>
        {
            var mu = TVector.Broadcast(momentum);
            velocity = TVector.FusedMultiplyAdd(mu, velocity, gradient);
            var direction = nesterov ? TVector.FusedMultiplyAdd(mu, velocity, gradient) : velocity;
            return TVector.FusedMultiplyAdd(TVector.Broadcast(negativeRate), direction, weight);
        }
    }
}
