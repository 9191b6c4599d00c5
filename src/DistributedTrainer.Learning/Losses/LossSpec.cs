namespace DistributedTrainer.Learning;

/// <summary>The loss as the user writes it; a mean over the batch's elements (mse, mae, huber, binary), or samples or tokens (cross-entropy).</summary>
public abstract record LossSpec
{
    /// <summary>What the target column must be for this loss.</summary>
    public abstract TargetKind Target { get; }
}

/// <summary>What a loss compares predictions with.</summary>
public enum TargetKind
{
    /// <summary>Real values, one or more columns.</summary>
    Values,

    /// <summary>One of two classes, as 0 or 1, one column.</summary>
    Binary,

    /// <summary>One of several classes, as its index in one column; in a sequence one for each position.</summary>
    Class,
}

/// <summary>Mean of (p − t)².</summary>
public sealed record MeanSquaredError : LossSpec
{
    public override TargetKind Target => TargetKind.Values;
}

/// <summary>Mean of |p − t|.</summary>
public sealed record MeanAbsoluteError : LossSpec
{
    public override TargetKind Target => TargetKind.Values;
}

/// <summary>½e² where |e| ≤ δ, else δ(|e| − δ/2) (Huber 1964).</summary>
public sealed record Huber : LossSpec
{
    public double Delta { get; init; } = 1.0;

    public override TargetKind Target => TargetKind.Values;
}

/// <summary>Softmax cross-entropy from logits; with label smoothing ε the target is (1 − ε) on the class plus ε / classes everywhere.</summary>
public sealed record CrossEntropy : LossSpec
{
    public double LabelSmoothing { get; init; }

    /// <summary>A weight for each class: a row's loss is multiplied by its class's, and the mean divides by the rows' weights. Null: 1 for all.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    public override TargetKind Target => TargetKind.Class;
}

/// <summary>Binary cross-entropy from logits.</summary>
public sealed record BinaryCrossEntropy : LossSpec
{
    public override TargetKind Target => TargetKind.Binary;
}
