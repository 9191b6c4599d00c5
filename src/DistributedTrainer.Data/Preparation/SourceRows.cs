namespace DistributedTrainer.Data;

/// <summary>The rows of one file (or pair of files), read but not normalized; targets are values, labels, or absent.</summary>
/// <param name="Name">The file, for messages.</param>
/// <param name="Inputs">(rows, input length).</param>
/// <param name="Values">Real targets (rows, target length).</param>
/// <param name="Labels">Class targets by row.</param>
/// <param name="Place">Names a row for messages: "houses.csv, line 7".</param>
internal sealed record SourceRows(string Name, RowSource Inputs, RowSource? Values, LabelColumn? Labels, Func<int, string> Place)
{
    public int Count => Inputs.Count;

    /// <exception cref="DataException">Targets are of another length than the training rows'.</exception>
    public RowSource RequireValues(int length) => Values!.Length == length
        ? Values
        : throw new DataException($"{Name}: {Values.Length} target values a row; the training rows have {length}.");
}
