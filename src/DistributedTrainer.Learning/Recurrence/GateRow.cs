using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Applies a gate's function to a run of gates of one row. One function a loop: the compiler puts so much into one method and no more, and
/// a loop over all of a cell's functions would call them, or leave single additions and products to be called.
/// </summary>
internal static unsafe class GateRow
{
    /// <summary>gates ← f(x·W + b + h·W + b) for <paramref name="count"/> sums from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Activate<TVector, TFunction>(in CellStep step, int first, int count)
        where TVector : struct, IVector<TVector>
        where TFunction : struct, IElementFunction
    {
        var gates = step.Gates;
        var end = first + count;
        var place = first;
        for (; place <= end - TVector.Count; place += TVector.Count)
            TVector.Store(TFunction.Forward(CellSums.Whole<TVector>(step, place)), gates + place);
        for (; place < end; place++)
            Lanes1.Store(TFunction.Forward(CellSums.Whole<Lanes1>(step, place)), gates + place);
    }
}
