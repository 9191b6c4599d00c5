namespace DistributedTrainer.Learning;

/// <summary>
/// Cross-entropy whose rows count by the weight of their class: Σ w_c·loss / Σ w_c, as in PyTorch. The gradient of a row is multiplied by
/// the same weight.
/// </summary>
internal sealed unsafe class WeightedCrossEntropyLoss(float[] weights) : LossFunction
{
    private readonly CrossEntropyLoss _plain = new(weights.Length, 1, 0);

    public override int DenominatorPerRow => 1;

    public override ReadOnlySpan<float> ClassWeights => weights;

    /// <exception cref="ModelException">Another number of classes, or several classes a row.</exception>
    public static WeightedCrossEntropyLoss For(IReadOnlyList<double> weights, int classes, int positions)
    {
        if (positions > 1)
            throw new ModelException($"class-weights are for one class a row; this model gives {positions} classes a row.");
        return weights.Count == classes
            ? new WeightedCrossEntropyLoss([.. weights.Select(weight => (float)weight)])
            : throw new ModelException($"class-weights has {weights.Count} numbers; the data has {classes} classes, and each needs one.");
    }

    public override void Evaluate(int rows, float* prediction, float* target, float* losses, float* gradient)
    {
        _plain.Evaluate(rows, prediction, target, losses, gradient);
        for (var row = 0; row < rows; row++)
        {
            var weight = weights[(int)target[row]];
            losses[row] *= weight;
            for (var index = (long)row * weights.Length; index < (row + 1L) * weights.Length; index++)
                gradient[index] *= weight;
        }
    }
}
