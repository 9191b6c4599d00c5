using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

internal readonly struct ExpFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Exp(x);
}

internal readonly struct ExpM1Formula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.ExpM1(x);
}

internal readonly struct LogFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Log(x);
}

internal readonly struct LogP1Formula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.LogP1(x);
}

internal readonly struct TanhFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Tanh(x);
}

internal readonly struct ErfFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Erf(x);
}

internal readonly struct SigmoidFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Sigmoid(x);
}

internal readonly struct SinFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Sin(x);
}

internal readonly struct CosFormula : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Cos(x);
}

internal readonly struct PowFormula : IBinaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x, TVector y)
        where TVector : struct, IVector<TVector>
        => VectorMath.Pow(x, y);
}
