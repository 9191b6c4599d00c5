namespace DistributedTrainer.Learning;

/// <summary>An optimizer with its hyper-parameters: makes each step's coefficients and runs the update.</summary>
internal abstract class UpdateRule
{
    /// <summary>Moments a parameter carries from step to step.</summary>
    public abstract int Moments { get; }

    /// <summary>Updates the elements of one span.</summary>
    public abstract void Apply(in UpdateSpan span, in StepTerms terms);

    public static UpdateRule For(OptimizerSpec spec) => spec switch
    {
        GradientDescent { Momentum: 0 } => new GradientDescentRule(),
        GradientDescent gd => new MomentumRule(gd),
        Adam adam => new AdamRule(adam.Beta1, adam.Beta2, adam.Epsilon, weightDecay: 0),
        AdamW adam => new AdamRule(adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay),
        RmsProp rmsProp => new RmsPropRule(rmsProp),
        Adagrad adagrad => new AdagradRule(adagrad),
        _ => throw new ArgumentException($"Optimizer {spec.GetType().Name} is unknown.", nameof(spec)),
    };
}
