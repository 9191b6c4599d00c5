namespace DistributedTrainer.Learning;

/// <summary>
/// A layer of a compiled model: shapes and parameter places are fixed. Immutable and shared by threads; what a pass needs beside
/// it stands in the <see cref="LayerPass"/>.
/// </summary>
internal abstract class Layer(LayerSpec spec, LayerBuilder builder, Shape output)
{
    public string Name { get; } = builder.Name;

    /// <summary>The job file's word for it.</summary>
    public string Kind { get; } = spec.Kind;

    /// <summary>Shape of its input without the batch axis.</summary>
    public Shape InputShape { get; } = builder.Input;

    /// <summary>Shape of its output without the batch axis.</summary>
    public Shape OutputShape { get; } = output;

    public int InputLength => InputShape.Elements;

    public int OutputLength => OutputShape.Elements;

    /// <summary>Its own parameters with their places in the whole vector, in order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = builder.Parameters;

    /// <summary>Parameters of earlier layers that it uses too.</summary>
    public IReadOnlyList<Parameter> Tied { get; } = builder.Tied;

    /// <summary>Layers inside it, in the order of their parameters.</summary>
    public virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>Itself and all layers inside.</summary>
    public IEnumerable<Layer> All => Inner.SelectMany(layer => layer.All).Prepend(this);

    /// <summary>Whether a slice of one row is too little for it in training.</summary>
    public virtual bool NeedsSeveralRows => false;

    /// <summary>Whether anything in it is trained.</summary>
    public bool IsTrained => All.Any(layer => layer.Parameters.Count > 0 || layer.Tied.Count > 0);

    /// <summary>The place of its first parameter, those of inner layers included; null where there is none.</summary>
    public int? FirstParameter => All.SelectMany(layer => layer.Parameters).Min(parameter => (int?)parameter.Offset);

    /// <summary>Writes its initial parameters into the whole vector, those of inner layers included.</summary>
    public virtual void Initialize(Span<float> parameters, ulong seed)
    {
        foreach (var layer in Inner)
            layer.Initialize(parameters, seed);
    }

    /// <summary>One thread's passes through it.</summary>
    public abstract LayerPass CreatePass();
}
