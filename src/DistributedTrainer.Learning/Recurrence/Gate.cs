using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>One unit's gates: the same place in each gate's block.</summary>
internal readonly unsafe struct Gate(float* first)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load<TVector>(int block)
        where TVector : struct, IVector<TVector>
        => TVector.Load(first + block);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TVector>(TVector value, int block)
        where TVector : struct, IVector<TVector>
        => TVector.Store(value, first + block);
}
