namespace DistributedTrainer.Learning;

/// <summary>One named array in the parameter vector.</summary>
/// <param name="Name"><c>{layer}.weight</c> or <c>{layer}.bias</c>.</param>
/// <param name="Shape">PyTorch's shape: a dense weight is (out, in).</param>
/// <param name="Offset">Index of its first float in the vector.</param>
/// <param name="IsWeight">True where penalties apply (weights, not biases).</param>
public sealed record Parameter(string Name, IReadOnlyList<int> Shape, int Offset, bool IsWeight)
{
    public int Length { get; } = Shape.Aggregate(1, (product, size) => checked(product * size));
}

/// <summary>The order of all parameters in one contiguous vector: file order of the layers, weight then bias, no gaps.</summary>
public sealed class ParameterLayout
{
    /// <summary>Sums over parameters are taken over blocks of this many, and server ranges begin on their borders.</summary>
    public const int BlockLength = 4096;

    public ParameterLayout(IReadOnlyList<Parameter> parameters)
    {
        Parameters = parameters;
        Length = parameters.Count == 0 ? 0 : parameters[^1].Offset + parameters[^1].Length;
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Number of floats in the vector.</summary>
    public int Length { get; }

    public int Blocks => (Length + BlockLength - 1) / BlockLength;
}
