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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var i = GateFunctions.Sigmoid(CellSums.Whole<TVector>(step, 0, unit));
        var f = GateFunctions.Sigmoid(CellSums.Whole<TVector>(step, 1, unit));
        var g = GateFunctions.Tanh(CellSums.Whole<TVector>(step, 2, unit));
        var o = GateFunctions.Sigmoid(CellSums.Whole<TVector>(step, 3, unit));
        var cell = TVector.FusedMultiplyAdd(f, TVector.Load(step.KeptBefore + unit), i * g);
        var squashed = GateFunctions.Tanh(cell);
        var (gates, units) = (new Gate(step.Gates + unit), step.Units);
        gates.Store(i, 0);
        gates.Store(f, units);
        gates.Store(g, 2 * units);
        gates.Store(o, 3 * units);
        TVector.Store(cell, step.Kept + unit);
        TVector.Store(squashed, step.Second + unit);
        CellSums.Emit(step, unit, o * squashed);
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
