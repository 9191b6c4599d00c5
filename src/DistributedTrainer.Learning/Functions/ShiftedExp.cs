using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>e^(x − shift): the shift is a row's maximum, so that nothing overflows and the largest term is 1.</summary>
internal readonly struct ShiftedExp(float shift) : IUnaryOp
{
    public TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => VectorMath.Exp(x - TVector.Broadcast(shift));
}
