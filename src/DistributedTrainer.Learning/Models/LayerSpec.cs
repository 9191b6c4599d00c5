namespace DistributedTrainer.Learning;

/// <summary>
/// One layer of a model as the user writes it. Shapes follow from the data when the model is compiled. To add a kind of layer: a record
/// here in Layers with the <see cref="Layer"/> it compiles to, and its keys in the job file (ModelSection).
/// </summary>
public abstract record LayerSpec
{
    /// <summary>The layer's name in parameter names and messages; null means its kind and a number: <c>dense-1</c>, <c>dense-2</c>…</summary>
    public string? Name { get; init; }

    /// <summary>The job file's word for it.</summary>
    public abstract string Kind { get; }

    /// <summary>The activation that its output went through last.</summary>
    internal virtual Activation EndsIn => Activation.None;

    /// <summary>Checks its shapes, takes its parameters from the builder and makes the layer.</summary>
    /// <exception cref="ModelException">Its shapes do not fit; the message names the layer and both shapes.</exception>
    internal abstract Layer Compile(LayerBuilder builder);

    /// <summary>The same layer whose inner layers, where it has some, all have names.</summary>
    internal virtual LayerSpec WithInnerNames() => this;
}
