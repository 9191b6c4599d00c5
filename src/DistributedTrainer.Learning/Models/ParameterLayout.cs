namespace DistributedTrainer.Learning;

/// <summary>One named array in the parameter vector.</summary>
/// <param name="Name"><c>{layer}.weight</c>, <c>{layer}.bias</c> or another of the layer's.</param>
/// <param name="Shape">PyTorch's shape: a dense weight is (out, in).</param>
/// <param name="Offset">Index of its first float in the vector.</param>
/// <param name="IsWeight">True where penalties apply (weights, not biases).</param>
public sealed record Parameter(string Name, IReadOnlyList<int> Shape, int Offset, bool IsWeight)
{
    public int Length { get; } = Shape.Aggregate(1, (product, size) => checked(product * size));
}

/// <summary>
/// The order of all parameters in one contiguous vector: file order of the layers, weight then bias, no gaps; then the running statistics
/// of batch normalization, which are no parameters but live, travel and are saved with them; then pseudo-labels, which are not saved.
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>Sums over parameters are taken over blocks of this many, and server ranges begin on their borders.</summary>
    public const int BlockLength = 4096;

    /// <param name="parameters">What the optimizer trains.</param>
    /// <param name="moments">What follows the batches: it lies behind the parameters.</param>
    public ParameterLayout(IReadOnlyList<Parameter> parameters, params IReadOnlyList<RunningMoments> moments)
        : this(parameters, moments, null)
    {
    }

    /// <inheritdoc cref="ParameterLayout(IReadOnlyList{Parameter}, IReadOnlyList{RunningMoments})"/>
    /// <param name="labels">Labels that the model gives to unlabelled rows; they are placed last.</param>
    public ParameterLayout(IReadOnlyList<Parameter> parameters, IReadOnlyList<RunningMoments> moments, PseudoLabels? labels)
    {
        Moments = moments;
        Statistics = [.. moments.SelectMany(running => new[] { running.Mean, running.Variance })];
        Parameters = [.. parameters, .. Statistics];
        TrainedLength = parameters.Count == 0 ? 0 : parameters[^1].Offset + parameters[^1].Length;
        SavedLength = Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Length;
        PseudoLabels = labels is null ? null : labels with { Begin = SavedLength };
        Length = checked(SavedLength + (labels?.Length ?? 0));
    }

    /// <summary>All of it, in order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The part of <see cref="Parameters"/> that is not trained.</summary>
    public IReadOnlyList<Parameter> Statistics { get; }

    /// <summary>The same in pairs.</summary>
    public IReadOnlyList<RunningMoments> Moments { get; }

    /// <summary>What the model says of unlabelled rows; null where the job has none.</summary>
    public PseudoLabels? PseudoLabels { get; }

    /// <summary>Number of floats that a model's file holds: parameters and running statistics, the first ones.</summary>
    public int SavedLength { get; }

    /// <summary>Number of floats in the vector.</summary>
    public int Length { get; }

    /// <summary>Number of floats that the optimizer trains: the first ones.</summary>
    public int TrainedLength { get; }

    public int Blocks => (Length + BlockLength - 1) / BlockLength;

    /// <summary>How many blocks of trained floats lie in a part of the vector.</summary>
    /// <param name="begin">The part's first element: a block's border.</param>
    /// <param name="length">Elements of the part.</param>
    public int TrainedBlocks(int begin, int length) => TrainedBlocks(TrainedLength, begin, length);

    /// <inheritdoc cref="TrainedBlocks(int, int)"/>
    /// <param name="trained">Trained floats of the whole vector: the first ones.</param>
    /// <param name="begin">The part's first element: a block's border.</param>
    /// <param name="length">Elements of the part.</param>
    public static int TrainedBlocks(int trained, int begin, int length) =>
        (Math.Min(begin + length, trained) + BlockLength - 1) / BlockLength - begin / BlockLength;

    /// <summary>
    /// One addition of the reduction tree, left ← left + right, in a part of two gradient vectors: gradients and labels are added, moments joined.
    /// </summary>
    /// <param name="begin">The part's first element in the vector; what is not trained is in one part.</param>
    /// <param name="length">Elements of the part.</param>
    /// <param name="left">The part of the left one; receives the sum.</param>
    /// <param name="leftRows">Rows that the left one sums over.</param>
    /// <param name="right">The part of the right one; stays as it is.</param>
    /// <param name="rightRows">Rows that the right one sums over.</param>
    public unsafe void AddGradients(int begin, int length, float* left, long leftRows, float* right, long rightRows)
    {
        GradientSum.Add(left, right, Math.Min(length, TrainedLength - begin));
        if (begin + length <= TrainedLength)
            return;
        foreach (var moments in Moments)
            moments.Merge(left - begin, leftRows, right - begin, rightRows);
        PseudoLabels?.Add(left - begin, right - begin);
    }
}
