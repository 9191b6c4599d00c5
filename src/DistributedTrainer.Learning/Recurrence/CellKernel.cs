using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Runs a cell's formula over all rows and units of a step: sums, gate functions and states, row by row.</summary>
internal readonly unsafe struct CellKernel<TCell>(CellStep first, bool backward) : IVectorKernel
    where TCell : struct, ICellFormula
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var step = first;
        for (var row = 0; row < first.Rows; row++)
        {
            if (backward)
                Backward<TVector>(step);
            else
                Forward<TVector>(step);
            step.NextRow(TCell.Gates, backward);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>
    {
        TCell.Activate<TVector>(step);
        var unit = 0;
        for (; unit <= step.Units - TVector.Count; unit += TVector.Count)
            TCell.Forward<TVector>(step, unit);
        for (; unit < step.Units; unit++)
            TCell.Forward<Lanes1>(step, unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>
    {
        var unit = 0;
        for (; unit <= step.Units - TVector.Count; unit += TVector.Count)
            TCell.Backward<TVector>(step, unit);
        for (; unit < step.Units; unit++)
            TCell.Backward<Lanes1>(step, unit);
    }
}
