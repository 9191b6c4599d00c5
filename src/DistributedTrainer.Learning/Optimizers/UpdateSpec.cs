namespace DistributedTrainer.Learning;

/// <summary>All that decides how a summed gradient changes the parameters.</summary>
public sealed record UpdateSpec(OptimizerSpec Optimizer)
{
    public PenaltySpec Penalty { get; init; }

    /// <summary>Null: none.</summary>
    public ClipSpec? Clip { get; init; }

    /// <summary>d of e ← e + (1 − d)(w − e), the moving average of the weights that is evaluated and saved. Null: there is none.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Names of layers that stay as they are.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];
}

/// <summary>What differs from step to step, the same for all servers.</summary>
/// <param name="Step">t, counted from 0: Adam's exponent is t + 1.</param>
/// <param name="LearningRate">η of this step.</param>
/// <param name="ClipFactor">What the gradient is multiplied by where its norm is clipped.</param>
public readonly record struct StepTerms(long Step, double LearningRate, float ClipFactor = 1);
