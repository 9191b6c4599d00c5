using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>residual: [ … ]</c>, or with a name <c>residual: { layers: [ … ], name: block }</c>.</summary>
internal static class ResidualForm
{
    public static ListOrMapForm<Residual> Form { get; } = new ListOrMapForm<Residual>("layers", new MapForm<Residual>("y = x + f(x), f being the layers inside.", new Residual([]))
        .Required("layers", "The layers inside; they give the shape that they take.", ModelSection.Inner,
            layer => layer.Layers, (layer, layers) => layer with { Layers = layers })
        .Named("residual"));
}
