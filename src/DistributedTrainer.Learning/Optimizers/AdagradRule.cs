using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Adagrad (Duchi et al. 2011): s ← s + g², w ← w − ηg / (√s + ε).</summary>
internal sealed class AdagradRule(Adagrad spec) : UpdateRule
{
    public override int Moments => 1;

    public override void Apply(in UpdateSpan span, in StepTerms terms)
        => span.Run(new Rule((float)-terms.LearningRate, (float)spec.Epsilon));

    private readonly struct Rule(float negativeRate, float epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
            where TVector : struct, IVector<TVector>
            where TGradient : struct, IGradientForm
            => loop.Run(new Step<TVector>(TVector.Broadcast(negativeRate), TVector.Broadcast(epsilon)));
    }

    private readonly struct Step<TVector>(TVector negativeRate, TVector epsilon) : IUpdateStep<TVector>
        where TVector : struct, IVector<TVector>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Update(TVector weight, TVector gradient, ref TVector square, ref TVector second)
        {
            square = TVector.FusedMultiplyAdd(gradient, gradient, square);
            return weight + negativeRate * gradient / (TVector.Sqrt(square) + epsilon);
        }
    }
}
