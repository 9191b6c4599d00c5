namespace DistributedTrainer.Learning;

/// <summary>
/// A compiled model with its loss: parameters and a batch in, gradient sums and loss sums out. Immutable and shared by threads;
/// each thread computes in a <see cref="NetworkPass"/> of its own.
/// </summary>
public sealed unsafe class Network
{
    /// <summary>Checks every shape and lays the parameters out.</summary>
    /// <param name="layers">The model, first layer first.</param>
    /// <param name="loss">The loss, computed from the last layer's output.</param>
    /// <param name="inputShape">One input without the batch axis; dense layers take it flattened.</param>
    /// <param name="targetLength">Floats in one target row.</param>
    /// <param name="classes">Number of classes, 0 for real values.</param>
    /// <exception cref="ModelException">A layer's shapes do not fit; the message names the layer and both shapes.</exception>
    public static Network Compile(
        IReadOnlyList<LayerSpec> layers, LossSpec loss, IReadOnlyList<int> inputShape, int targetLength, int classes)
        => throw new NotImplementedException();

    public ParameterLayout Layout => throw new NotImplementedException();

    public int InputLength => throw new NotImplementedException();

    public int TargetLength => throw new NotImplementedException();

    public int OutputLength => throw new NotImplementedException();

    /// <summary>A line a layer for the model table: name, kind, output shape, parameters.</summary>
    public IReadOnlyList<LayerSummary> Summary => throw new NotImplementedException();

    /// <summary>Writes the initial parameters, keyed by seed and parameter name. <paramref name="parameters"/> has Layout.Length floats.</summary>
    public void Initialize(Span<float> parameters, ulong seed) => throw new NotImplementedException();

    /// <summary>Memory for forward and backward passes over up to <paramref name="maxRows"/> rows.</summary>
    public NetworkPass CreatePass(int maxRows) => throw new NotImplementedException();
}

/// <param name="Name">The layer's name.</param>
/// <param name="Kind">The job file's word for it.</param>
/// <param name="OutputShape">Shape of its output without the batch axis.</param>
/// <param name="Parameters">Number of floats it owns.</param>
public sealed record LayerSummary(string Name, string Kind, IReadOnlyList<int> OutputShape, int Parameters);

/// <summary>The model as written cannot be built.</summary>
public sealed class ModelException(string message) : Exception(message);
