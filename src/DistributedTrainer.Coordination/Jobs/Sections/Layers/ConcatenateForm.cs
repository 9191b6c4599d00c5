using System.Text.Json.Nodes;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class ConcatenateForm
{
    public static MapForm<Concatenate> Form { get; } = new MapForm<Concatenate>(
            "Branches that take the same input; their outputs one after another along an axis.", new Concatenate([]))
        .Required("branches", "Named lists of layers; an empty list hands the input on.", new BranchesForm(),
            layer => layer.Branches, (layer, branches) => layer with { Branches = branches })
        .Optional("axis", "The axis, without the batch axis, from 0.", new WholeForm<int>(0),
            layer => layer.Axis, (layer, axis) => layer with { Axis = axis })
        .Named("concatenate");
}

/// <summary>A map of names to lists of layers.</summary>
internal sealed class BranchesForm : Form<IReadOnlyList<Branch>>
{
    private static readonly ListForm<LayerSpec> Layers = ModelSection.Branch;

    public override IReadOnlyList<Branch> Read(Found found)
    {
        if (found.Node is not MapNode { Entries.Count: > 0 } map) throw found.Expected("a map of names to lists of layers");
        return [.. map.Entries.Select(entry => new Branch(
            TextForm.Name.Read(found.Child(entry.Key, new ScalarNode(entry.Place, entry.Key))), Layers.Read(found.Child(entry.Key, entry.Value))))];
    }

    public override JobNode Write(IReadOnlyList<Branch> value, Purpose purpose) => new MapNode(
        Place.None, [.. value.Select(branch => new MapEntry(branch.Name, Place.None, Layers.Write(branch.Layers, purpose)))]);

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["additionalProperties"] = Layers.Schema(),
    };
}
