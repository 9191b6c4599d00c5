namespace DistributedTrainer.Learning;

/// <summary>
/// A compiled model with its loss: parameters and a batch in, gradient sums and loss sums out. Immutable and shared by threads;
/// each thread computes in a <see cref="NetworkPass"/> of its own.
/// </summary>
public sealed unsafe class Network
{
    private const long MostBytesAtOnce = 64 << 20;
    private const int MostRowsAtOnce = 256;

    private int _rowsAtOnce;

    private Network(IReadOnlyList<Layer> layers, ParameterLayout layout, LossFunction loss, Shape input, int targetLength)
    {
        Layers = layers;
        Layout = layout;
        Loss = loss;
        InputLength = input.Elements;
        TargetLength = targetLength;
        OutputLength = layers[^1].OutputLength;
        Summary =
        [
            .. layers.SelectMany(layer => layer.All).Select(layer => new LayerSummary(
                layer.Name, layer.Kind, layer.OutputShape, layer.Parameters.Sum(parameter => parameter.Length))),
        ];
    }

    public ParameterLayout Layout { get; }

    public int InputLength { get; }

    public int TargetLength { get; }

    public int OutputLength { get; }

    /// <summary>Positions of an output that have a class each: the tokens of a text's window; 1 for other targets.</summary>
    public int Positions { get; private init; } = 1;

    /// <summary>A line a layer for the model table: name, kind, output shape, parameters. Layers inside a layer follow it.</summary>
    public IReadOnlyList<LayerSummary> Summary { get; }

    /// <summary>The first layer for which a slice of one row is too little in training; null where there is none.</summary>
    public string? LayerOfSeveralRows => Layers.SelectMany(layer => layer.All).FirstOrDefault(layer => layer.NeedsSeveralRows)?.Name;

    public Precision Precision { get; private init; }

    internal IReadOnlyList<Layer> Layers { get; }

    internal LossFunction Loss { get; }

    /// <summary>Checks every shape and lays the parameters out.</summary>
    /// <param name="layers">The model, first layer first.</param>
    /// <param name="loss">The loss, computed from the last layer's output.</param>
    /// <param name="inputShape">One input without the batch axis.</param>
    /// <param name="targetLength">Floats in one target row.</param>
    /// <param name="classes">Number of classes, 0 for real values.</param>
    /// <param name="precision">What outputs of layers are rounded to.</param>
    /// <param name="labels">Labels of unlabelled rows that live with the parameters; null for none.</param>
    /// <exception cref="ModelException">A layer's shapes do not fit; the message names the layer and both shapes.</exception>
    public static Network Compile(
        IReadOnlyList<LayerSpec> layers, LossSpec loss, IReadOnlyList<int> inputShape, int targetLength, int classes,
        Precision precision = Precision.Float32, PseudoLabels? labels = null)
    {
        if (layers.Count == 0)
            throw new ModelException("The model has no layers; it needs at least one, such as dense: { units: 1 }.");
        var input = ModelChecks.Input(inputShape);
        var named = LayerNames.Assign(layers);

        // Where the statistics begin is known once the parameters have been counted.
        var builder = new ModelBuilder(0, classes);
        var compiled = builder.Compile(named, "", input);
        if (builder.Moments.Count > 0)
            compiled = (builder = new ModelBuilder(builder.Length, classes)).Compile(named, "", input);
        ModelChecks.OutputFitsLoss(compiled[^1], loss, targetLength, classes);
        ModelChecks.LossTakesLogits(named[^1], loss);
        var positions = loss.Target == TargetKind.Class ? targetLength : 1;
        return new Network(compiled, builder.Layout(labels), LossFunction.For(loss, compiled[^1].OutputLength, positions), input, targetLength)
        {
            Positions = positions,
            Precision = precision,
        };
    }

    /// <summary>Writes the initial parameters, keyed by seed and parameter name. <paramref name="parameters"/> has Layout.Length floats.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Initialize(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != Layout.Length)
            throw new ArgumentException($"{parameters.Length} floats given, the model has {Layout.Length} parameters.", nameof(parameters));
        foreach (var layer in Layers)
            layer.Initialize(parameters, seed);
        parameters[Layout.SavedLength..].Clear(); // no row has a label yet
    }

    /// <summary>Memory for forward and backward passes over up to <paramref name="maxRows"/> rows.</summary>
    /// <param name="maxRows">The most rows of a pass.</param>
    /// <param name="seed">The job's: keys what layers draw at random in training.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRows"/> is not positive.</exception>
    public NetworkPass CreatePass(int maxRows, ulong seed = 0) => new(this, maxRows, seed);

    /// <inheritdoc cref="CreatePass(int, ulong)"/>
    /// <param name="quantized">Weights in int8 to predict with; null for those of the parameters.</param>
    public NetworkPass CreatePass(int maxRows, QuantizedWeights? quantized) => new(this, maxRows, seed: 0) { Quantized = quantized };

    /// <summary>Rows to score in one pass: at most 256, fewer where their activations would take more than 64 MiB.</summary>
    public int RowsAtOnce => _rowsAtOnce == 0 ? _rowsAtOnce = (int)Math.Clamp(MostBytesAtOnce / Math.Max(1, ActivationBytes(1)), 1, MostRowsAtOnce) : _rowsAtOnce;

    /// <summary>Bytes that a pass over so many rows keeps for activations and their gradients, sharing what it can.</summary>
    public long ActivationBytes(int rows)
    {
        using var layers = new SequencePass(Layers);
        using var memory = new MemoryPlan(rows);
        NetworkPass.Plan(this, layers, memory, new MemoryBlock((long)rows * InputLength, 0));
        memory.Place();
        return memory.Length * sizeof(float);
    }
}
