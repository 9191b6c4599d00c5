using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Adds b (columns) to every row of x (rows, columns): one rounding after the product's chain.</summary>
internal unsafe struct BiasKernel : IVectorKernel
{
    private readonly float* _x;
    private readonly float* _bias;
    private readonly int _rows;
    private readonly int _columns;

    private BiasKernel(float* x, float* bias, int rows, int columns)
    {
        _x = x;
        _bias = bias;
        _rows = rows;
        _columns = columns;
    }

    public static void Add(float* x, float* bias, int rows, int columns)
    {
        var kernel = new BiasKernel(x, bias, rows, columns);
        VectorPath.Run(ref kernel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var bias = _bias;
        var columns = _columns;
        for (var row = 0; row < _rows; row++)
        {
            var x = _x + (long)row * columns;
            var column = 0;
            for (; column <= columns - TVector.Count; column += TVector.Count)
                TVector.Store(TVector.Load(x + column) + TVector.Load(bias + column), x + column);
            for (; column < columns; column++)
                x[column] += bias[column];
        }
    }
}
