using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>RMSProp (Hinton 2012): s ← s + (1 − ρ)(g² − s), w ← w − ηg / (√s + ε).</summary>
internal sealed class RmsPropRule(RmsProp spec) : UpdateRule
{
    public override int Moments => Step.Moments;

    public override void Apply(in UpdateSpan span, long step)
        => span.Run(new Step((float)-spec.LearningRate, (float)(1 - spec.Decay), (float)spec.Epsilon));

    private readonly struct Step(float negativeRate, float forget, float epsilon) : IUpdateRule
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update<TVector>(TVector weight, TVector gradient, ref TVector square, ref TVector second)
            where TVector : struct, IVector<TVector>
        {
            square = Moment.TowardSquare(square, gradient, TVector.Broadcast(forget));
            return weight + TVector.Broadcast(negativeRate) * gradient / (TVector.Sqrt(square) + TVector.Broadcast(epsilon));
        }
    }
}
