namespace DistributedTrainer.Learning;

/// <summary>
/// What one layer is compiled with: its name, its input's shape, and the places of its parameters. Parameters lie in the order in which
/// they are asked for; a layer with inner layers asks for theirs by compiling them.
/// </summary>
internal sealed class LayerBuilder(ModelBuilder model, string name, Shape input)
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<Parameter> _tied = [];

    /// <summary>The whole name: <c>block-1.dense-2</c> for a layer inside another.</summary>
    public string Name => name;

    public Shape Input => input;

    /// <summary>Classes of the data, the vocabulary of a text; 0 for none.</summary>
    public int Classes => model.Classes;

    /// <summary>Its own trained parameters so far.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Parameters of other layers that it uses too.</summary>
    public IReadOnlyList<Parameter> Tied => _tied;

    /// <summary>A parameter to which penalties apply, called <c>{layer}.{suffix}</c>.</summary>
    /// <exception cref="ModelException">The model would have more than 2³¹ parameters.</exception>
    public Parameter Weight(string suffix, params IReadOnlyList<int> shape) => Add(suffix, shape, isWeight: true);

    /// <summary>A parameter to which no penalty applies.</summary>
    /// <exception cref="ModelException">The model would have more than 2³¹ parameters.</exception>
    public Parameter Bias(string suffix, params IReadOnlyList<int> shape) => Add(suffix, shape, isWeight: false);

    /// <summary>Running mean and variance of channels, <c>{layer}.running_mean</c> and <c>.running_var</c>: they lie behind all parameters.</summary>
    /// <param name="channels">How many there are.</param>
    /// <param name="positions">Values of a channel in one row.</param>
    /// <param name="momentum">How far a step moves them.</param>
    public RunningMoments RunningMoments(int channels, int positions, double momentum)
    {
        var moments = new RunningMoments(
            model.AddStatistic(name, "running_mean", [channels]), model.AddStatistic(name, "running_var", [channels]), positions, momentum);
        model.AddMoments(moments);
        return moments;
    }

    /// <summary>Another layer's parameter, used here too: <paramref name="layer"/> is an earlier layer that stands beside this one or outside.</summary>
    /// <exception cref="ModelException">There is no such parameter, or it has another shape.</exception>
    public Parameter Shared(string layer, string suffix, params IReadOnlyList<int> shape)
    {
        var wanted = new Shape(shape);
        var parameter = model.Find($"{layer}.{suffix}")
            ?? throw Refuse($"is tied to '{layer}', but no earlier layer of that name has a {suffix}; earlier parameters: {model.Names}.");
        if (!new Shape(parameter.Shape).Equals(wanted))
            throw Refuse($"needs a {suffix} of shape {wanted}, but that of '{layer}', to which it is tied, has shape {new Shape(parameter.Shape)}.");
        _tied.Add(parameter);
        return parameter;
    }

    /// <summary>Compiles a layer inside this one.</summary>
    public Layer Inner(LayerSpec spec, Shape shape) => model.Compile(spec, $"{name}.{spec.Name}", shape);

    /// <summary>Compiles a list of layers inside this one, each taking the output of the one before.</summary>
    /// <exception cref="ModelException">Two have the same name, or their shapes do not fit.</exception>
    public IReadOnlyList<Layer> Inner(IReadOnlyList<LayerSpec> specs, Shape shape) => model.Compile(specs, $"{name}.", shape);

    /// <summary>Compiles one of several lists of layers inside this one, all of which take its input.</summary>
    /// <exception cref="ModelException">Two have the same name, or their shapes do not fit.</exception>
    public IReadOnlyList<Layer> Branch(string branch, IReadOnlyList<LayerSpec> specs) => model.Compile(specs, $"{name}.{branch}.", input);

    /// <summary>An error that begins with the layer's name: <c>Layer 'conv2d-1' </c> and the message.</summary>
    public ModelException Refuse(string message) => new($"Layer '{name}' {message}");

    /// <summary>Refuses a size below 1: <c>has 0 units; it needs at least 1</c>.</summary>
    public void AtLeastOne(int size, string what)
    {
        if (size < 1)
            throw Refuse($"has {size} {what}; it needs at least 1.");
    }

    private Parameter Add(string suffix, IReadOnlyList<int> shape, bool isWeight)
    {
        var parameter = model.Add(name, suffix, shape, isWeight);
        _parameters.Add(parameter);
        return parameter;
    }
}
