namespace DistributedTrainer.Data;

/// <summary>Raw inputs of one file, and its targets as the network takes them.</summary>
internal sealed record PartRows(RowSource Inputs, RowSource Targets);

/// <summary>What a data set is made of once everything is fitted, whether it was read from files or is fetched from another node.</summary>
/// <param name="Main">The rows that are split.</param>
/// <param name="Split">Which of them are in which part.</param>
/// <param name="Validation">Rows of a file of their own.</param>
/// <param name="Test">Likewise.</param>
internal sealed record PreparedParts(PartRows Main, RowSplit Split, PartRows? Validation, PartRows? Test)
{
    /// <summary>How training images are changed; null where they are not.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    public DataSet ToDataSet(Preparation preparation, IReadOnlyList<string> columns, string sha256, IDisposable? owner)
    {
        var normalizer = new Normalizer(preparation.Normalization, [.. preparation.Offset], [.. preparation.Factor]);
        var isWhole = Split.Training.Length == Main.Inputs.Count; // ascending: every row is its own index
        var afterMain = (long)Main.Inputs.Count;
        var afterValidation = afterMain + (Validation?.Inputs.Count ?? 0);
        return new DataSet
        {
            Sha256 = sha256,
            InputShape = preparation.InputShape,
            TargetLength = preparation.TargetLength,
            Classes = preparation.Classes,
            Columns = columns,
            Train = new PreparedExamples(Main.Inputs, Main.Targets, isWhole ? null : Split.Training, 0, normalizer),
            Validation = Part(Validation, Split.Validation, afterMain),
            Test = Part(Test, Split.Test, afterValidation),
            Unlabelled = Part(null, Split.Unlabelled, 0),
            Preparation = preparation,
            Augmentation = Augmentation,
            Layout = Main.Inputs.Cache is not null ? null : new DataLayout(Stored(), Main.Inputs.IsBytes) { Split = Split },
            Owner = owner,
        };

        Examples? Part(PartRows? own, int[] rows, long firstId)
        {
            if (own is not null)
                return new PreparedExamples(own.Inputs, own.Targets, null, firstId, normalizer);
            return rows.Length > 0 ? new PreparedExamples(Main.Inputs, Main.Targets, rows, 0, normalizer) : null;
        }
    }

    private StoredRows Stored() => new(
        [.. new[] { Main, Validation, Test }.OfType<PartRows>().Select(part => new StoredExamples(part.Inputs, part.Targets))]);
}
