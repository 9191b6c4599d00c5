using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>h = f(x·Wᵀ + b + h₋·Rᵀ + c) (Elman 1990), with f known by its value alone: tanh or relu.</summary>
internal readonly unsafe struct SimpleCell<TFunction> : ICellFormula
    where TFunction : struct, IElementFunction
{
    public static int Gates => 1;

    public static bool SplitsGradient => false;

    public static bool KeepsState => false;

    public static int? ForgetGate => null;

    public static void Activate<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>
        => GateRow.Activate<TVector, TFunction>(step, 0, step.Units);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
        => CellSums.Emit(step, unit, TVector.Load(step.Gates + unit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var gates = step.Gates + unit;
        TVector.Store(TFunction.Backward(TVector.Load(gates), CellSums.HiddenGradient<TVector>(step, unit)), gates);
    }
}
