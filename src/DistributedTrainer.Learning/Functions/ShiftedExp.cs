using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>e^(x − shift): the shift is a row's maximum, so that nothing overflows and the largest term is 1.</summary>
internal readonly struct ShiftedExp(float shift) : IUnaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Exp(x - TVector.Broadcast(shift));
}
