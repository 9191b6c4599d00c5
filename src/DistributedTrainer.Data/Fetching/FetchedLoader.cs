namespace DistributedTrainer.Data;

/// <summary>
/// Makes a data set of another node's description and rows in a cache. Nothing is fitted or drawn here: part of the rows would give other
/// numbers than all of them.
/// </summary>
internal static class FetchedLoader
{
    public static DataSet Load(DataDescription description, DataSpec spec, ulong seed, RowCache cache)
    {
        var preparation = description.Preparation;
        var firsts = new int[description.Rows.Count];
        for (var file = 1; file < firsts.Length; file++)
            firsts[file] = firsts[file - 1] + description.Rows[file - 1];
        if (description.Text is { } text)
        {
            var chunk = StoredTokens.ChunkOf(preparation.InputShape[0]);
            TokenFile[] files = [.. firsts.Select((first, file) => new FetchedTokens(cache, first, description.Tokens[file], chunk, !description.AreBytes))];
            return TextLoader.ToDataSet(files, text, spec.Describe(), description.Sha256, cache, preparation);
        }

        var inputs = new StoredValues(0, preparation.InputShape.Aggregate(1, (product, size) => product * size), description.AreBytes);
        var targets = StoredExamples.TargetsBehind(inputs, preparation.TargetLength);
        PartRows[] rows = [.. firsts.Select((first, file) => new PartRows(
            new FetchedRows(cache, first, description.Rows[file], inputs), new FetchedRows(cache, first, description.Rows[file], targets)))];
        var parts = new PreparedParts(
            rows[0], Split(description), description.HasValidationFile ? rows[1] : null, description.HasTestFile ? rows[^1] : null)
        {
            Augmentation = ImageAugmentation.Of(spec.Augment, spec.Describe(), preparation.InputShape, description.AreBytes, seed),
        };
        return parts.ToDataSet(preparation, description.Columns, description.Sha256, cache);
    }

    private static RowSplit Split(DataDescription description)
    {
        var (validation, test) = (description.ValidationRows, description.TestRows);
        return new RowSplit(
            Rows(row => !RowBits.Has(validation, row) && !RowBits.Has(test, row)),
            validation is null ? [] : Rows(row => RowBits.Has(validation, row)),
            test is null ? [] : Rows(row => RowBits.Has(test, row)));

        int[] Rows(Predicate<int> isIn) => RowBits.Rows(description.Rows[0], isIn);
    }
}
