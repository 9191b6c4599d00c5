using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>What all cells do at a step's borders.</summary>
internal static unsafe class CellSums
{
    /// <summary>x·W + b at a place of the gates, and h·W + b at the same: each rounded after its chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Input, TVector Recurrent) Of<TVector>(in CellStep step, int place)
        where TVector : struct, IVector<TVector>
        => (TVector.Load(step.Input + place) + TVector.Load(step.InputBias + place),
            TVector.Load(step.Recurrent + place) + TVector.Load(step.RecurrentBias + place));

    /// <summary>Both sums together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Whole<TVector>(in CellStep step, int place)
        where TVector : struct, IVector<TVector>
    {
        var (input, recurrent) = Of<TVector>(step, place);
        return input + recurrent;
    }

    /// <summary>Hands the hidden state to the next step and to the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Emit<TVector>(in CellStep step, int unit, TVector hidden)
        where TVector : struct, IVector<TVector>
    {
        if (step.After is not null)
            TVector.Store(hidden, step.After + unit);
        if (step.Output is not null)
            TVector.Store(hidden, step.Output + unit);
    }

    /// <summary>Gradient by the hidden state after the step: from the next step's product, then from the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector HiddenGradient<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>
    {
        var gradient = TVector.Load(step.HiddenGradient + unit);
        return step.Output is null ? gradient : gradient + TVector.Load(step.Output + unit);
    }
}
