using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>RMSProp (Hinton 2012): s ← s + (1 − ρ)(g² − s), w ← w − ηg / (√s + ε).</summary>
internal sealed class RmsPropRule(RmsProp spec) : UpdateRule
{
    public override int Moments => 1;

    public override void Apply(in UpdateSpan span, in StepTerms terms)
        => span.Run(new Rule((float)-terms.LearningRate, (float)(1 - spec.Decay), (float)spec.Epsilon));

    private readonly struct Rule(float negativeRate, float forget, float epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(new Step<TVector>(TVector.Broadcast(negativeRate), TVector.Broadcast(forget), TVector.Broadcast(epsilon)));
    }

    private readonly struct Step<TVector>(TVector negativeRate, TVector forget, TVector epsilon) : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector square, ref TVector second)
        {
            square = Moment.TowardSquare(square, gradient, forget);
            return weight + negativeRate * gradient / (TVector.Sqrt(square) + epsilon);
        }
    }
}
