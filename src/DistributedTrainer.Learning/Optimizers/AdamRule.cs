using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Adam (Kingma and Ba 2015), with decoupled decay AdamW (Loshchilov and Hutter 2019):
/// m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), w ← (1 − ηλ)w − η·m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
/// The stored moments stay uncorrected: corrected in place, they would be corrected again at every later step.
/// </summary>
internal sealed class AdamRule(double beta1, double beta2, double epsilon, double weightDecay) : UpdateRule
{
    private readonly DecayPowers _beta1Powers = new(beta1);
    private readonly DecayPowers _beta2Powers = new(beta2);

    public override int Moments => 2;

    public override void Apply(in UpdateSpan span, in StepTerms terms)
    {
        // Multiplying numerator and denominator by sqrt(1 - beta2^t) leaves one root and one division an element.
        var correction1 = 1 - _beta1Powers.At(terms.Step + 1);
        var correction2 = Math.Sqrt(1 - _beta2Powers.At(terms.Step + 1));
        span.Run(new Rule(
            (float)(1 - beta1),
            (float)(1 - beta2),
            (float)(-terms.LearningRate * correction2 / correction1),
            (float)(epsilon * correction2),
            span.Decays ? (float)(1 - terms.LearningRate * weightDecay) : 1));
    }

    private readonly struct Rule(float rate1, float rate2, float negativeRate, float epsilon, float keep) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(new Step<TVector>(
                TVector.Broadcast(rate1),
                TVector.Broadcast(rate2),
                TVector.Broadcast(negativeRate),
                TVector.Broadcast(epsilon),
                TVector.Broadcast(keep)));
    }

    private readonly struct Step<TVector>(TVector rate1, TVector rate2, TVector negativeRate, TVector epsilon, TVector keep)
        : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector m, ref TVector v)
        {
            m = Moment.Toward(m, gradient, rate1);
            v = Moment.TowardSquare(v, gradient, rate2);
            return TVector.FusedMultiplyAdd(keep, weight, negativeRate * m / (TVector.Sqrt(v) + epsilon));
        }
    }
}
