namespace DistributedTrainer.Learning;

/// <summary>
/// A compiled model with its loss: parameters and a batch in, gradient sums and loss sums out. Immutable and shared by threads;
/// each thread computes in a <see cref="NetworkPass"/> of its own.
/// </summary>
public sealed unsafe class Network
{
    private Network(IReadOnlyList<Layer> layers, LossFunction loss, int inputLength, int targetLength)
    {
        Layers = layers;
        Loss = loss;
        InputLength = inputLength;
        TargetLength = targetLength;
        OutputLength = layers[^1].OutputLength;
        Layout = new ParameterLayout([.. layers.SelectMany(layer => layer.Parameters)]);
        Summary =
        [
            .. layers.Select(layer => new LayerSummary(
                layer.Name, layer.Kind, layer.OutputShape, layer.Parameters.Sum(parameter => parameter.Length))),
        ];
    }

    public ParameterLayout Layout { get; }

    public int InputLength { get; }

    public int TargetLength { get; }

    public int OutputLength { get; }

    /// <summary>A line a layer for the model table: name, kind, output shape, parameters.</summary>
    public IReadOnlyList<LayerSummary> Summary { get; }

    internal IReadOnlyList<Layer> Layers { get; }

    internal LossFunction Loss { get; }

    /// <summary>Checks every shape and lays the parameters out.</summary>
    /// <param name="layers">The model, first layer first.</param>
    /// <param name="loss">The loss, computed from the last layer's output.</param>
    /// <param name="inputShape">One input without the batch axis; dense layers take it flattened.</param>
    /// <param name="targetLength">Floats in one target row.</param>
    /// <param name="classes">Number of classes, 0 for real values.</param>
    /// <exception cref="ModelException">A layer's shapes do not fit; the message names the layer and both shapes.</exception>
    public static Network Compile(
        IReadOnlyList<LayerSpec> layers, LossSpec loss, IReadOnlyList<int> inputShape, int targetLength, int classes)
    {
        var inputLength = ModelChecks.InputLength(inputShape);
        var compiled = Build(layers, inputLength);
        ModelChecks.OutputFitsLoss(compiled[^1], loss, targetLength, classes);
        ModelChecks.LossTakesLogits(layers[^1], compiled[^1].Name, loss);
        return new Network(compiled, LossFunction.For(loss, compiled[^1].OutputLength), inputLength, targetLength);
    }

    /// <summary>Writes the initial parameters, keyed by seed and parameter name. <paramref name="parameters"/> has Layout.Length floats.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Initialize(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != Layout.Length)
            throw new ArgumentException($"{parameters.Length} floats given, the model has {Layout.Length} parameters.", nameof(parameters));
        foreach (var layer in Layers)
            layer.Initialize(parameters, seed);
    }

    /// <summary>Memory for forward and backward passes over up to <paramref name="maxRows"/> rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRows"/> is not positive.</exception>
    public NetworkPass CreatePass(int maxRows) => new(this, maxRows);

    private static List<Layer> Build(IReadOnlyList<LayerSpec> specs, int inputLength)
    {
        if (specs.Count == 0)
            throw new ModelException("The model has no layers; it needs at least one, such as dense: { units: 1 }.");
        var names = LayerNames.For(specs);
        var layers = new List<Layer>(specs.Count);
        var (length, offset) = (inputLength, 0);
        for (var i = 0; i < specs.Count; i++)
        {
            ModelChecks.ParametersFit(specs[i], names[i], length, offset);
            Layer layer = specs[i] switch
            {
                Dense dense => new DenseLayer(dense, names[i], length, offset),
                var other => throw new ModelException($"Layer '{names[i]}' is a {other.GetType().Name}, which cannot be compiled."),
            };
            layers.Add(layer);
            length = layer.OutputLength;
            offset += layer.Parameters.Sum(parameter => parameter.Length);
        }

        return layers;
    }
}
