using System.Text.Json.Nodes;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>model</c>: the layers, first layer first. A new kind of layer is one more line here and its keys in Layers.</summary>
internal static class ModelSection
{
    private static readonly NamedForm<LayerSpec> Layer = new("layer", Layers);

    public static Form<IReadOnlyList<LayerSpec>> Form { get; } = new ListForm<LayerSpec>("layers", Layer, least: 1);

    /// <summary>The list of layers inside a layer.</summary>
    public static Form<IReadOnlyList<LayerSpec>> Inner => Form;

    /// <summary>The same where it may be empty.</summary>
    public static ListForm<LayerSpec> Branch { get; } = new("layers", Layer);

    /// <summary>The schema's definition that <see cref="Form"/> refers to.</summary>
    public static JsonObject Definitions() => new() { ["layer"] = Layer.Definition() };

    private static ChoiceForm<LayerSpec> Layers() => new ChoiceForm<LayerSpec>("layer")
        .Add("dense", DenseForm.Form)
        .Add("activation", ActivateForm.Form)
        .Add("flatten", FlattenForm.Form)
        .Add("reshape", ReshapeForm.Form)
        .Add("residual", ResidualForm.Form)
        .Add("concatenate", ConcatenateForm.Form)
        .Add("conv2d", Conv2dForm.Form)
        .Add("max-pool", PoolForms.Max, pool => pool.Take == Pooling.Max)
        .Add("average-pool", PoolForms.Average, pool => pool.Take == Pooling.Average)
        .Add("global-pool", PoolForms.Global)
        .Add("batch-norm", BatchNormForm.Form)
        .Add("dropout", DropoutForm.Form)
        .Add("layer-norm", LayerNormForm.Form)
        .Add("embedding", EmbeddingForm.Form)
        .Add("positions", PositionsForm.Form)
        .Add("rnn", RecurrentForms.Rnn)
        .Add("lstm", RecurrentForms.Lstm)
        .Add("gru", RecurrentForms.Gru)
        .Add("attention", AttentionForm.Form)
        .Add("transformer-block", TransformerBlockForm.Form);
}
