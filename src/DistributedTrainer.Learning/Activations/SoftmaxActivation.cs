using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>y_i = e^x_i / Σ e^x_j over each row. The gradient by x is y_i·(g_i − Σ g_j·y_j).</summary>
internal sealed unsafe class SoftmaxActivation : ActivationFunction
{
    public override bool KeepsSum => false;

    public override void Forward(float* sum, float* output, int rows, int columns)
    {
        for (var row = 0; row < rows; row++, sum += columns, output += columns)
        {
            Elementwise.Map(new ShiftedExp(Reduction.Max(sum, columns)), sum, output, columns);
            Elementwise.Map(new Scale(1 / Reduction.Sum(output, columns)), output, output, columns);
        }
    }

    public override void Backward(float* kept, float* gradient, int rows, int columns)
    {
        for (var row = 0; row < rows; row++, kept += columns, gradient += columns)
            Elementwise.Map(new Centred(Reduction.Dot(gradient, kept, columns)), kept, gradient, gradient, columns);
    }

    private readonly struct Scale(float factor) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
            => x * TVector.Broadcast(factor);
    }

    private readonly struct Centred(float centre) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector y, TVector upstream)
            where TVector : struct, IVector<TVector>
            => y * (upstream - TVector.Broadcast(centre));
    }
}
