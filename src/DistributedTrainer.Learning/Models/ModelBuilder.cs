namespace DistributedTrainer.Learning;

/// <summary>Compiles a list of specs: walks the shapes through the layers and lays the parameters out.</summary>
/// <param name="statisticsBegin">Where running statistics lie: behind all parameters.</param>
/// <param name="classes">Classes of the data, the vocabulary of a text; 0 for none.</param>
internal sealed class ModelBuilder(int statisticsBegin, int classes = 0)
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<RunningMoments> _moments = [];
    private long _end;
    private long _statisticsEnd = statisticsBegin;

    /// <summary>All trained parameters, in the order in which layers asked for them.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>All running statistics, in pairs.</summary>
    public IReadOnlyList<RunningMoments> Moments => _moments;

    /// <summary>Classes of the data; 0 for none.</summary>
    public int Classes => classes;

    /// <summary>Number of trained floats.</summary>
    public int Length => (int)_end;

    public string Names => _parameters.Count == 0 ? "none" : string.Join(", ", _parameters.Select(parameter => parameter.Name));

    /// <summary>Compiles layers that follow each other. They have names: see <see cref="LayerNames.Assign"/>.</summary>
    public IReadOnlyList<Layer> Compile(IReadOnlyList<LayerSpec> specs, string prefix, Shape input)
    {
        LayerNames.Check(specs);
        var layers = new List<Layer>(specs.Count);
        foreach (var spec in specs)
        {
            var layer = Compile(spec, prefix + spec.Name, input);
            layers.Add(layer);
            input = layer.OutputShape;
        }

        return layers;
    }

    public Layer Compile(LayerSpec spec, string name, Shape input) => spec.Compile(new LayerBuilder(this, name, input));

    public Parameter? Find(string name) => _parameters.Find(parameter => parameter.Name == name);

    public Parameter Add(string layer, string suffix, IReadOnlyList<int> shape, bool isWeight)
    {
        var parameter = Place(layer, suffix, shape, isWeight, ref _end);
        _parameters.Add(parameter);
        return parameter;
    }

    public Parameter AddStatistic(string layer, string suffix, IReadOnlyList<int> shape) =>
        Place(layer, suffix, shape, isWeight: false, ref _statisticsEnd);

    public void AddMoments(RunningMoments moments) => _moments.Add(moments);

    /// <summary>The layout of all that was asked for.</summary>
    public ParameterLayout Layout(PseudoLabels? labels = null) => new(_parameters, _moments, labels);

    private static Parameter Place(string layer, string suffix, IReadOnlyList<int> shape, bool isWeight, ref long end)
    {
        var begin = end;
        var next = shape.Aggregate((decimal)1, (product, size) => product * size) + begin;
        if (next > int.MaxValue)
        {
            throw new ModelException(
                $"Layer '{layer}' with a {suffix} of shape ({string.Join(", ", shape)}) brings the model to {next} parameters; at most {int.MaxValue} fit.");
        }

        end = (long)next;
        return new Parameter($"{layer}.{suffix}", shape, (int)begin, isWeight);
    }
}
