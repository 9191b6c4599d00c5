using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>A loss whose mean is over all elements: a row's loss is the sum of its elements' in 32 lanes.</summary>
/// <param name="error">The loss of one element.</param>
/// <param name="outputs">Elements in a row.</param>
internal sealed unsafe class ElementLoss<TError>(TError error, int outputs) : LossFunction
    where TError : struct, IElementError
{
    public override int DenominatorPerRow => outputs;

    public override void Evaluate(int rows, float* prediction, float* target, float* losses, float* gradient)
    {
        // A single element is its own sum. Several stand in the gradient's memory until they are summed.
        var elements = outputs == 1 ? losses : gradient;
        Elementwise.Map(new LossOp(error), prediction, target, elements, checked(rows * outputs));
        if (outputs > 1)
        {
            for (var row = 0; row < rows; row++)
                losses[row] = Reduction.Sum(elements + (long)row * outputs, outputs);
        }

        Elementwise.Map(new GradientOp(error), prediction, target, gradient, checked(rows * outputs));
    }

    private readonly struct LossOp(TError error) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector p, TVector t)
            where TVector : struct, IVector<TVector>
            => error.Loss(p, t);
    }

    private readonly struct GradientOp(TError error) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector p, TVector t)
            where TVector : struct, IVector<TVector>
            => error.Gradient(p, t);
    }
}
