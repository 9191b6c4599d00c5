using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class PoolForms
{
    public static MapForm<Pool2d> Max { get; } = Window("max-pool", "The greatest of each window of each channel.", Pooling.Max);

    public static MapForm<Pool2d> Average { get; } = Window("average-pool", "The mean of each window of each channel.", Pooling.Average);

    public static MapForm<GlobalPool> Global { get; } = new MapForm<GlobalPool>("One number a channel.", new GlobalPool(Pooling.Average))
        .Optional("take", "The mean of its pixels or the greatest.", new WordForm<Pooling>("pooling"),
            layer => layer.Take, (layer, take) => layer with { Take = take })
        .Named("global-pool");

    private static MapForm<Pool2d> Window(string kind, string doc, Pooling take) => new MapForm<Pool2d>(doc, new Pool2d(take, 0))
        .Required("size", "Rows and columns of the window.", new WholeForm<int>(1),
            layer => layer.Size, (layer, size) => layer with { Size = size })
        .Optional("stride", "Pixels from window to window; by default the window's size.", new UnsetForm<int>(new WholeForm<int>(1)),
            layer => layer.Stride, (layer, stride) => layer with { Stride = stride })
        .Named(kind);
}
