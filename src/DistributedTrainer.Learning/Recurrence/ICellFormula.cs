using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The arithmetic of a recurrent cell between the two products of a step, for a row, or for a vector of units from <c>unit</c> on. Backward
/// passes see the gates where forward passes left them.
/// </summary>
internal interface ICellFormula
{
    /// <summary>Gates, and so blocks of H rows in each weight.</summary>
    static abstract int Gates { get; }

    /// <summary>True where the gradient by the hidden states' sums is not that by the inputs' sums.</summary>
    static abstract bool SplitsGradient { get; }

    /// <summary>True where the cell keeps arrays beside gates and hidden states.</summary>
    static abstract bool KeepsState { get; }

    /// <summary>The gate whose biases start at 1; null where all start at 0.</summary>
    static abstract int? ForgetGate { get; }

    /// <summary>Forward, first for a whole row: the gates whose function depends on their own sums alone.</summary>
    static abstract void Activate<TVector>(in CellStep step)
        where TVector : struct, IVector<TVector>;

    /// <summary>Forward, then for a vector of units: what follows from those gates.</summary>
    static abstract void Forward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>;

    static abstract void Backward<TVector>(in CellStep step, int unit)
        where TVector : struct, IVector<TVector>;
}
