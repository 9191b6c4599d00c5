namespace DistributedTrainer.Learning;

/// <summary>
/// A loss over rows of a fixed number of outputs. Gradients are of the sum, not the mean: the division by the whole batch's
/// denominator happens once, on the server.
/// </summary>
internal abstract unsafe class LossFunction
{
    /// <summary>What one row adds to the mean's denominator: its elements, or its positions where the mean is over samples or tokens.</summary>
    public abstract int DenominatorPerRow { get; }

    /// <summary>By class index, what a row of the class adds to the denominator in the place of 1; empty where rows count alike.</summary>
    public virtual ReadOnlySpan<float> ClassWeights => default;

    /// <param name="rows">Rows of the pass.</param>
    /// <param name="prediction">(rows, outputs).</param>
    /// <param name="target">(rows, outputs), or (rows, positions) class indexes.</param>
    /// <param name="losses">Receives (rows): each row's loss, its elements summed.</param>
    /// <param name="gradient">Receives (rows, outputs): gradient of the summed loss by the prediction.</param>
    /// <exception cref="ArgumentException">A class target is not an index below the classes.</exception>
    public abstract void Evaluate(int rows, float* prediction, float* target, float* losses, float* gradient);

    /// <param name="spec">The loss as the user wrote it.</param>
    /// <param name="outputs">Floats in one prediction.</param>
    /// <param name="positions">Positions with a class each in one prediction.</param>
    public static LossFunction For(LossSpec spec, int outputs, int positions = 1) => spec switch
    {
        MeanSquaredError => new ElementLoss<SquaredError>(default, outputs),
        MeanAbsoluteError => new ElementLoss<AbsoluteError>(default, outputs),
        Huber huber => new ElementLoss<HuberError>(new((float)huber.Delta), outputs),
        BinaryCrossEntropy => new ElementLoss<BinaryLogitError>(default, outputs),
        CrossEntropy { ClassWeights: { } weights } => WeightedCrossEntropyLoss.For(weights, outputs / positions, positions),
        CrossEntropy crossEntropy => new CrossEntropyLoss(outputs / positions, positions, crossEntropy.LabelSmoothing),
        _ => throw new ModelException($"Loss {spec.GetType().Name} is unknown."),
    };
}
