using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Gated recurrent unit (Cho et al. 2014), gates in PyTorch's order r, z, n: n = tanh(x-sum + r·h-sum), h = n + z·(h₋ − n). The reset
/// gate acts behind the hidden state's product, which is kept.
/// </summary>
internal readonly unsafe struct GruCell : ICellFormula
{
    public static int Gates => 3;

    public static bool SplitsGradient => true;

    public static bool KeepsState => true;

    public static int? ForgetGate => null;

    public static void Activate<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>
        => GateRow.Activate<TVector, SigmoidFunction>(step, 0, 2 * step.Units);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var (gates, units) = (new Gate(step.Gates + unit), step.Units);
        var (input, recurrent) = CellSums.Of<TVector>(step, 2 * units + unit);
        var n = VectorMath.Tanh(TVector.FusedMultiplyAdd(gates.Load<TVector>(0), recurrent, input));
        gates.Store(n, 2 * units);
        TVector.Store(recurrent, step.Kept + unit);
        CellSums.Emit(step, unit, TVector.FusedMultiplyAdd(gates.Load<TVector>(units), TVector.Load(step.Before + unit) - n, n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var (gates, units) = (new Gate(step.Gates + unit), step.Units);
        var (r, z, n) = (gates.Load<TVector>(0), gates.Load<TVector>(units), gates.Load<TVector>(2 * units));
        var recurrent = TVector.Load(step.Kept + unit);
        var hidden = CellSums.HiddenGradient<TVector>(step, unit) + TVector.Load(step.CarriedGradient + unit);
        TVector.Store(hidden * z, step.CarriedGradient + unit);
        var candidate = TanhFunction.Backward(n, hidden * (TVector.Broadcast(1) - z));
        var reset = SigmoidFunction.Backward(r, candidate * recurrent);
        var update = SigmoidFunction.Backward(z, hidden * (TVector.Load(step.Before + unit) - n));
        gates.Store(reset, 0);
        gates.Store(update, units);
        gates.Store(candidate, 2 * units);
        var recurrentGates = new Gate(step.Recurrent + unit);
        recurrentGates.Store(reset, 0);
        recurrentGates.Store(update, units);
        recurrentGates.Store(candidate * r, 2 * units);
    }
}
