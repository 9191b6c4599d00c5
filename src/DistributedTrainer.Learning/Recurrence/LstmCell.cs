using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997, with Gers's forget gate), gates in PyTorch's order i, f, g, o:
/// c = f·c₋ + i·g, h = o·tanh c. It keeps c and tanh c.
/// </summary>
internal readonly unsafe struct LstmCell : ICellFormula
{
    public static int Gates => 4;

    public static bool SplitsGradient => false;

    public static bool KeepsState => true;

    public static int? ForgetGate => 1;

    public static void Activate<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>
    {
        GateRow.Activate<TVector, SigmoidFunction>(step, 0, 2 * step.Units);
        GateRow.Activate<TVector, TanhFunction>(step, 2 * step.Units, step.Units);
        GateRow.Activate<TVector, SigmoidFunction>(step, 3 * step.Units, step.Units);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var (gates, units) = (new Gate(step.Gates + unit), step.Units);
        var fresh = gates.Load<TVector>(0) * gates.Load<TVector>(2 * units);
        var cell = TVector.FusedMultiplyAdd(gates.Load<TVector>(units), TVector.Load(step.KeptBefore + unit), fresh);
        var squashed = VectorMath.Tanh(cell);
        TVector.Store(cell, step.Kept + unit);
        TVector.Store(squashed, step.Second + unit);
        CellSums.Emit(step, unit, gates.Load<TVector>(3 * units) * squashed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var (gates, units) = (new Gate(step.Gates + unit), step.Units);
        var (i, f) = (gates.Load<TVector>(0), gates.Load<TVector>(units));
        var (g, o) = (gates.Load<TVector>(2 * units), gates.Load<TVector>(3 * units));
        var squashed = TVector.Load(step.Second + unit);
        var hidden = CellSums.HiddenGradient<TVector>(step, unit);
        var cell = TVector.Load(step.CarriedGradient + unit) + TanhFunction.Backward(squashed, hidden * o);
        TVector.Store(cell * f, step.CarriedGradient + unit);
        gates.Store(SigmoidFunction.Backward(i, cell * g), 0);
        gates.Store(SigmoidFunction.Backward(f, cell * TVector.Load(step.KeptBefore + unit)), units);
        gates.Store(TanhFunction.Backward(g, cell * i), 2 * units);
        gates.Store(SigmoidFunction.Backward(o, hidden * squashed), 3 * units);
    }
}
