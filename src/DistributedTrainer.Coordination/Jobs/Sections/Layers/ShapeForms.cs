using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class ActivateForm
{
    public static MapForm<Activate> Form { get; } = new MapForm<Activate>("An activation as a layer of its own.", new Activate(Activation.None))
        .Required("function", "The function.", new WordForm<Activation>("activation"),
            layer => layer.Function, (layer, function) => layer with { Function = function })
        .Named("activation");
}

internal static class FlattenForm
{
    public static MapForm<Flatten> Form { get; } = new MapForm<Flatten>("All axes in one.", new Flatten()).Named("flatten");
}

internal static class ReshapeForm
{
    public static MapForm<Reshape> Form { get; } = new MapForm<Reshape>("The same numbers under another shape.", new Reshape([]))
        .Required("to", "The sizes of the axes, without the batch axis; one may be 0: what the others leave.",
            new ListForm<int>("sizes", new WholeForm<int>(0), least: 1),
            layer => layer.To, (layer, to) => layer with { To = to })
        .Named("reshape");
}
