using System.Text.Json.Nodes;
using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination;

/// <summary>A part of the data: a fraction of the source's rows, or files of its own.</summary>
internal readonly record struct Part(double Fraction, DataFiles? Files);

/// <summary><c>0.2</c>, or <c>{ path: …, labels: … }</c> where the source can take further files.</summary>
internal sealed class PartForm : Form<Part>
{
    private readonly MapForm<DataFiles>? _files;

    private PartForm(MapForm<DataFiles>? files) => _files = files;

    public static PartForm FractionOnly { get; } = new(null);

    public static PartForm Table { get; } = new(Path());

    public static PartForm InputsAndLabels { get; } = new(Path()
        .Required("labels", "The labels' file.", PathForm.Instance,
            files => files.Labels, (files, path) => files with { Labels = path }, inRecipe: false));

    /// <summary>Files without labels.</summary>
    public static Form<DataFiles> InputsOnly { get; } = Path();

    public override Part Read(Found found)
    {
        if (found.Node is MapNode && _files is not null) return new Part(0, _files.Read(found));
        if (found.Node is ScalarNode) return new Part(NumberForm.Fraction.Read(found), null);
        throw found.Expected("a fraction of the rows, such as 0.2" + (_files is null ? "" : ", or a map with the key path"));
    }

    public override JobNode Write(Part value, Purpose purpose)
    {
        if (value.Files is null) return NumberForm.Fraction.Write(value.Fraction, purpose);
        return _files?.Write(value.Files, purpose) ?? throw new ArgumentException("this source takes no further files", nameof(value));
    }

    public override JsonObject Schema() => _files is null
        ? NumberForm.Fraction.Schema()
        : new JsonObject { ["anyOf"] = new JsonArray(NumberForm.Fraction.Schema(), _files.Schema()) };

    private static MapForm<DataFiles> Path() => new MapForm<DataFiles>("Files in the source's own format.", new DataFiles(""))
        .Required("path", "The inputs' file, or the whole table.", PathForm.Instance,
            files => files.Path, (files, path) => files with { Path = path }, inRecipe: false);
}
