using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// One step's coefficients of an update rule. They are broadcast to vectors once, before the loop: inside it, that costs Adam
/// 40 % more time.
/// </summary>
internal interface IUpdateRule
{
    /// <summary>Runs the loop with these coefficients in every lane.</summary>
    void Run<TVector, TGradient>(in UpdateLoop<TVector, TGradient> loop)
        where TVector : struct, IVector<TVector>
        where TGradient : struct, IGradientForm;
}

/// <summary>One step's update of a vector of elements.</summary>
internal interface IUpdateStep<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Moments a parameter carries from step to step: 0, 1 or 2.</summary>
    static abstract int Moments { get; }

    /// <summary>Returns the new weight and replaces the moments that the rule has. The gradient is the mean with its penalty.</summary>
    TVector Update(TVector weight, TVector gradient, ref TVector first, ref TVector second);
}
