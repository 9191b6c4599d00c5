using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>An element-wise activation that can leave its derivative where the sums were, so that the backward pass only multiplies.</summary>
internal sealed unsafe class SlopeActivation<TFunction> : ElementActivation<TFunction>
    where TFunction : struct, ISlopeFunction
{
    public override bool GivesSlope => true;

    public override void ForwardToSlope(float* sum, float* output, int rows, int columns)
    {
        var kernel = new Kernel(sum, output, checked(rows * columns));
        VectorPath.Run(ref kernel);
    }

    public override void BackwardFromSlope(float* slope, float* gradient, int rows, int columns)
        => Elementwise.Map(default(Multiplication), slope, gradient, gradient, checked(rows * columns));

    private readonly struct Kernel(float* sum, float* output, int n) : IVectorKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            float* x = sum, y = output;
            var vectors = n - n % TVector.Count;
            for (var i = 0; i < vectors; i += TVector.Count)
            {
                TVector.Store(TFunction.Forward(TVector.Load(x + i), out TVector slope), y + i);
                TVector.Store(slope, x + i);
            }

            Rest<TVector>(vectors);
        }

        private void Rest<TVector>(int i)
            where TVector : struct, IVector<TVector>
        {
            if (i == n)
                return;
            VectorTail.Store(TFunction.Forward(VectorTail.Load<TVector>(sum + i, n - i), out TVector slope), output + i, n - i);
            VectorTail.Store(slope, sum + i, n - i);
        }
    }
}
