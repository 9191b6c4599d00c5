namespace DistributedTrainer.Data;

/// <summary>A table as read: numbers parsed, text coded, nothing fitted.</summary>
/// <param name="Name">The file, for messages.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="Cells">
/// (rows, inputs), row-major: the number, NaN where missing; unused for categorical inputs until they are fitted.
/// </param>
/// <param name="Text">By input: the categories read; null for numeric inputs.</param>
/// <param name="TargetValues">(rows, 1) real targets, where the schema has them.</param>
/// <param name="TargetLabels">Class targets, likewise.</param>
/// <param name="Lines">The file's line by row, from 1.</param>
internal sealed record Table(
    string Name,
    TableSchema Schema,
    float[] Cells,
    IReadOnlyList<LabelColumn?> Text,
    float[]? TargetValues,
    LabelColumn? TargetLabels,
    int[] Lines)
{
    public int Rows => Lines.Length;

    public SourceRows ToSource(RowSource inputs) =>
        new(Name, inputs, TargetValues is null ? null : new MemoryRows(TargetValues, 1), TargetLabels, Place);

    public string Place(int row) => $"{Name}, line {Lines[row]}";

    public string Place(int row, int input) => $"{Place(row)}, column '{Schema.Inputs[input].Name}'";
}
