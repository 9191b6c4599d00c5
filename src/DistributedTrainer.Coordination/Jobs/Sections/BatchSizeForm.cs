using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>Rows in a mini-batch; null for all training rows.</summary>
internal readonly record struct BatchSize(int? Rows);

/// <summary>A whole number of rows, or the word <c>all</c>.</summary>
internal sealed class BatchSizeForm : Form<BatchSize>
{
    private static readonly WholeForm<int> Rows = new(1);

    public static BatchSizeForm Instance { get; } = new();

    public override BatchSize Read(Found found) => found.Node switch
    {
        ScalarNode { Text: "all" } => new BatchSize(null),
        ScalarNode { Quoted: false } scalar when Numerals.IsWhole(scalar.Text) => new BatchSize(Rows.Read(found)),
        _ => throw found.Expected($"{Rows.Expectation}, or the word all"),
    };

    public override JobNode Write(BatchSize value, Purpose purpose) =>
        value.Rows is { } rows ? Rows.Write(rows, purpose) : ScalarNode.Plain("all");

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Rows.Schema(), new JsonObject { ["enum"] = new JsonArray("all") }) };
}
