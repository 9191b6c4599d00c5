namespace DistributedTrainer.Learning;

/// <summary>The update rule as the user writes it.</summary>
public abstract record OptimizerSpec
{
    public required double LearningRate { get; init; }
}

/// <summary>w ← w − η·g; with momentum v ← μv + g, w ← w − ηv; with Nesterov w ← w − η(g + μv).</summary>
public sealed record GradientDescent : OptimizerSpec
{
    public double Momentum { get; init; }

    public bool Nesterov { get; init; }
}

/// <summary>Adam (Kingma and Ba 2015).</summary>
public sealed record Adam : OptimizerSpec
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): w ← w − η·λ·w before Adam's step.</summary>
public sealed record AdamW : OptimizerSpec
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>What decays; null: everything, as in PyTorch.</summary>
    public DecayOn? DecayOn { get; init; }
}

/// <summary>Which parameters AdamW's decay takes.</summary>
public enum DecayOn
{
    All,

    /// <summary>Those that a penalty takes too: no biases and no gains of normalizations.</summary>
    Weights,
}

/// <summary>RMSProp (Hinton 2012): s ← ρs + (1 − ρ)g², w ← w − ηg / (√s + ε).</summary>
public sealed record RmsProp : OptimizerSpec
{
    public double Decay { get; init; } = 0.99;

    public double Epsilon { get; init; } = 1e-8;
}

/// <summary>Adagrad (Duchi et al. 2011): s ← s + g², w ← w − ηg / (√s + ε).</summary>
public sealed record Adagrad : OptimizerSpec
{
    public double Epsilon { get; init; } = 1e-10;
}
