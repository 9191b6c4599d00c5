using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Adagrad (Duchi et al. 2011): s ← s + g², w ← w − ηg / (√s + ε).</summary>
internal sealed class AdagradRule(Adagrad spec) : UpdateRule
{
    public override int Moments => Step.Moments;

    public override void Apply(in UpdateSpan span, long step)
        => span.Run(new Step((float)-spec.LearningRate, (float)spec.Epsilon));

    private readonly struct Step(float negativeRate, float epsilon) : IUpdateRule
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update<TVector>(TVector weight, TVector gradient, ref TVector square, ref TVector second)
            where TVector : struct, IVector<TVector>
        {
            square = TVector.FusedMultiplyAdd(gradient, gradient, square);
            return weight + TVector.Broadcast(negativeRate) * gradient / (TVector.Sqrt(square) + TVector.Broadcast(epsilon));
        }
    }
}
