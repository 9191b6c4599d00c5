namespace DistributedTrainer.Data;

/// <summary>Whether the parts of a description fit each other: after that, no row of it lies outside of what it says.</summary>
internal static class DescriptionCheck
{
    private const int MostFiles = 3;

    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Fault(DataDescription data)
    {
        var preparation = data.Preparation;
        if (HasHoles(preparation) || data.Columns.Contains(null!) || data.Tokens is null)
            return "a list is missing";
        if (data.Rows.Count is < 1 or > MostFiles || data.Rows.Any(rows => rows < 1) || data.Rows.Sum(rows => (long)rows) > Array.MaxLength)
            return $"files of {string.Join(", ", data.Rows)} rows";
        if (preparation.InputShape.Count == 0 || preparation.InputShape.Any(size => size < 1) || preparation.TargetLength < 1)
            return $"inputs of shape ({string.Join(", ", preparation.InputShape)}), {preparation.TargetLength} targets";
        var length = preparation.InputShape.Aggregate(1L, (product, size) => product > int.MaxValue ? product : product * size);
        if (length > int.MaxValue / 8 || preparation.TargetLength > int.MaxValue / 8)
            return $"rows of {length:N0} inputs and {preparation.TargetLength:N0} targets";
        if (!Enum.IsDefined(preparation.Normalization) || !Fits(preparation.Offset, length) || !Fits(preparation.Factor, length)
            || preparation.Offset.Count != preparation.Factor.Count
            || (preparation.Normalization is Normalization.Standard or Normalization.MinMax) != (preparation.Offset.Count > 0))
            return $"normalization {preparation.Normalization} with {preparation.Offset.Count} and {preparation.Factor.Count} numbers for {length} inputs";
        return data.Text is null ? FaultOfExamples(data, (int)length) : FaultOfText(data, data.Text);
    }

    /// <summary>A list that the bytes do not name is null, whatever its type says.</summary>
    private static bool HasHoles(Preparation preparation) =>
        preparation.Offset is null || preparation.Factor is null || preparation.InputShape is null || preparation.Classes is null || preparation.Columns is null
        || preparation.Classes.Contains(null!) || preparation.Columns.Contains(null!);

    private static bool Fits(IReadOnlyList<float> numbers, long length) => numbers.Count == 0 || numbers.Count == length;

    private static string? FaultOfExamples(DataDescription data, int length)
    {
        var inputs = new StoredValues(0, length, data.AreBytes);
        if (data.RowBytes != StoredExamples.TargetsBehind(inputs, data.Preparation.TargetLength).End)
            return $"{data.RowBytes} bytes for rows of {length} inputs and {data.Preparation.TargetLength} targets";
        if (data.Rows.Count != 1 + (data.HasValidationFile ? 1 : 0) + (data.HasTestFile ? 1 : 0))
            return $"{data.Rows.Count} files";
        var bytes = RowBits.BytesFor(data.Rows[0]);
        foreach (var (bits, hasFile) in new[] { (data.ValidationRows, data.HasValidationFile), (data.TestRows, data.HasTestFile) })
        {
            if (bits is not null && (bits.Length != bytes || hasFile))
                return $"{bits.Length} bytes say which of {data.Rows[0]} rows are in a part";
        }

        var training = 0;
        for (var row = 0; row < data.Rows[0]; row++)
        {
            if (RowBits.Has(data.ValidationRows, row) && RowBits.Has(data.TestRows, row))
                return $"row {row} is in two parts";
            training += RowBits.Has(data.ValidationRows, row) || RowBits.Has(data.TestRows, row) ? 0 : 1;
        }

        return training == 0 ? "no row to train on" : null;
    }

    private static string? FaultOfText(DataDescription data, TextLayout text)
    {
        if (data.Preparation.InputShape.Count != 1 || data.Preparation.TargetLength != data.Preparation.InputShape[0])
            return "windows whose targets are of another length";
        var window = data.Preparation.InputShape[0];
        var chunk = StoredTokens.ChunkOf(window);
        if (data.AreBytes != data.Preparation.Classes.Count <= byte.MaxValue + 1 || data.RowBytes != StoredTokens.RowBytesOf(chunk, !data.AreBytes))
            return $"{data.RowBytes} bytes for {chunk} tokens of {data.Preparation.Classes.Count}";
        if (data.Tokens.Count != data.Rows.Count || data.Tokens.Where((tokens, file) => tokens < 1 || (tokens - 1) / chunk + 1 != data.Rows[file]).Any())
            return $"{string.Join(", ", data.Tokens)} tokens in {string.Join(", ", data.Rows)} rows";
        foreach (var part in new[] { text.Train, text.Validation, text.Test })
        {
            if (part is not null && (part.File < 0 || part.File >= data.Tokens.Count || part.First < 0 || part.Stride < 1 || part.Count <= window
                || part.Count > data.Tokens[part.File] - part.First))
                return $"a part of {part.Count} tokens from {part.First} on";
        }

        return null;
    }
}
