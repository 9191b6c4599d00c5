using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>x · y.</summary>
internal readonly struct Multiplication : IBinaryFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TVector>(TVector x, TVector y)
        where TVector : struct, IVector<TVector>
        => x * y;
}
