using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>An activation that treats every element alone.</summary>
internal unsafe class ElementActivation<TFunction> : ActivationFunction
    where TFunction : struct, IElementFunction
{
    public override bool KeepsSum => TFunction.KeepsSum;

    public override void Forward(float* sum, float* output, int rows, int columns)
        => Elementwise.Map(default(ForwardOp), sum, output, checked(rows * columns));

    public override void Backward(float* kept, float* gradient, int rows, int columns)
        => Elementwise.Map(default(BackwardOp), kept, gradient, gradient, checked(rows * columns));

    private readonly struct ForwardOp : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
            => TFunction.Forward(x);
    }

    private readonly struct BackwardOp : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector kept, TVector upstream)
            where TVector : struct, IVector<TVector>
            => TFunction.Backward(kept, upstream);
    }
}
