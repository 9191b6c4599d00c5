namespace DistributedTrainer.Numerics;

internal readonly unsafe struct UnaryKernel<TFormula>(TFormula formula, float* x, float* destination, int n) : IVectorKernel
    where TFormula : struct, IUnaryFormula
{
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var i = 0;
        for (; i <= n - TVector.Count; i += TVector.Count)
            TVector.Store(formula.Apply(TVector.Load(x + i)), destination + i);
        if (i < n)
            VectorTail.Store(formula.Apply(VectorTail.Load<TVector>(x + i, n - i)), destination + i, n - i);
    }
}

internal readonly unsafe struct BinaryKernel<TFormula>(TFormula formula, float* x, float* y, float* destination, int n) : IVectorKernel
    where TFormula : struct, IBinaryFormula
{
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var i = 0;
        for (; i <= n - TVector.Count; i += TVector.Count)
            TVector.Store(formula.Apply(TVector.Load(x + i), TVector.Load(y + i)), destination + i);
        if (i == n)
            return;
        var last = formula.Apply(VectorTail.Load<TVector>(x + i, n - i), VectorTail.Load<TVector>(y + i, n - i));
        VectorTail.Store(last, destination + i, n - i);
    }
}

internal readonly unsafe struct TernaryKernel<TFormula>(TFormula formula, float* x, float* y, float* z, float* destination, int n)
    : IVectorKernel
    where TFormula : struct, ITernaryFormula
{
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var i = 0;
        for (; i <= n - TVector.Count; i += TVector.Count)
            TVector.Store(formula.Apply(TVector.Load(x + i), TVector.Load(y + i), TVector.Load(z + i)), destination + i);
        if (i == n)
            return;
        var last = formula.Apply(
            VectorTail.Load<TVector>(x + i, n - i), VectorTail.Load<TVector>(y + i, n - i), VectorTail.Load<TVector>(z + i, n - i));
        VectorTail.Store(last, destination + i, n - i);
    }
}
