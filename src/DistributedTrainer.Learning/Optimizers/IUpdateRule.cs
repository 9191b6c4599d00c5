using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// One step's update of a vector of elements, with the step's coefficients as fields. Rules see the gradient after mean and penalty.
/// </summary>
internal interface IUpdateRule
{
    /// <summary>Moments a parameter carries from step to step: 0, 1 or 2.</summary>
    static abstract int Moments { get; }

    /// <summary>Returns the new weight and replaces the moments that the rule has.</summary>
    TVector Update<TVector>(TVector weight, TVector gradient, ref TVector first, ref TVector second)
        where TVector : struct, IVector<TVector>;
}
