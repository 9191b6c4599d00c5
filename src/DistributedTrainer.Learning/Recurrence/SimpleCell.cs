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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var hidden = TFunction.Forward(CellSums.Whole<TVector>(step, 0, unit));
        TVector.Store(hidden, step.Gates + unit);
        CellSums.Emit(step, unit, hidden);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var gates = step.Gates + unit;
        TVector.Store(TFunction.Backward(TVector.Load(gates), CellSums.HiddenGradient<TVector>(step, unit)), gates);
    }
}
