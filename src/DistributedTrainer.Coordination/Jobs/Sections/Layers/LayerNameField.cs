using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>The key that every layer has.</summary>
internal static class LayerNameField
{
    public static MapForm<T> Named<T>(this MapForm<T> form, string kind)
        where T : LayerSpec =>
        form.Optional("name", $"The layer's name in parameter names; by default {kind}-1, {kind}-2 and so on.", TextForm.Name,
            layer => layer.Name, (layer, name) => layer with { Name = name });
}
