namespace DistributedTrainer.Data;

/// <summary>How a table's cells become inputs: fills for missing values and categories, both of the training rows.</summary>
internal sealed class TableEncoding(IReadOnlyList<ColumnPreparation> columns)
{
    public IReadOnlyList<ColumnPreparation> Columns => columns;

    /// <summary>Names of the inputs after one-hot coding, "column=category" for those.</summary>
    public IReadOnlyList<string> InputNames =>
        [.. columns.SelectMany(column => column.Categories?.Select(category => $"{column.Name}={category}") ?? [column.Name])];

    /// <summary>By input after one-hot coding: whether it is a 0 or 1 of a categorical column.</summary>
    public bool[] IsOneHot =>
        [.. columns.SelectMany(column => column.Categories?.Select(_ => true) ?? [false])];

    /// <exception cref="DataException">A column has no value in any training row.</exception>
    public static TableEncoding Fit(Table table, int[] training, MissingValues missing)
    {
        var fills = missing is MissingValues.Mean or MissingValues.Median or MissingValues.MostFrequent;
        return new TableEncoding([.. table.Schema.Inputs.Select((input, index) => input.IsCategorical
            ? FitCategories(table, training, index, fills)
            : new ColumnPreparation { Name = input.Name, Fill = fills ? MissingValueFill.Of(table, training, index, missing) : null })]);
    }

    /// <summary>Fills and codes the table's cells in place and gives its rows as inputs.</summary>
    /// <exception cref="DataException">A category that the training rows never had, or a missing value without a fill.</exception>
    public RowSource Apply(Table table)
    {
        for (var input = 0; input < columns.Count; input++)
        {
            if (columns[input].Categories is null)
                FillNumbers(table, input);
            else
                CodeCategories(table, input);
        }

        var widths = columns.Select(column => column.Categories?.Count ?? 0).ToArray();
        return Array.TrueForAll(widths, width => width == 0)
            ? new MemoryRows(table.Cells, columns.Count)
            : new OneHotRows(table.Cells, widths);
    }

    private static ColumnPreparation FitCategories(Table table, int[] training, int input, bool fills)
    {
        var text = table.Text[input]!;
        var counts = new int[text.Values.Count];
        foreach (var row in training)
        {
            if (text.Codes[row] >= 0)
                counts[text.Codes[row]]++;
        }

        var seen = text.Values.Zip(counts).Where(pair => pair.Second > 0).OrderBy(pair => pair.First, StringComparer.Ordinal).ToList();
        if (seen.Count == 0)
        {
            throw new DataException(
                $"{table.Name}: column '{table.Schema.Inputs[input].Name}' has no value in any training row; list it under 'ignore'.");
        }

        return new ColumnPreparation
        {
            Name = table.Schema.Inputs[input].Name,
            Categories = [.. seen.Select(pair => pair.First)],
            FillCategory = fills ? seen.MaxBy(pair => pair.Second).First : null,
        };
    }

    private void FillNumbers(Table table, int input)
    {
        for (var row = 0; row < table.Rows; row++)
        {
            ref var cell = ref table.Cells[row * columns.Count + input];
            if (float.IsNaN(cell))
                cell = columns[input].Fill ?? throw MissingWithoutFill(table, row, input);
        }
    }

    private void CodeCategories(Table table, int input)
    {
        var (text, column) = (table.Text[input]!, columns[input]);
        var indexOf = column.Categories!.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        for (var row = 0; row < table.Rows; row++)
        {
            var code = text.Codes[row];
            var category = code >= 0 ? text.Values[code] : column.FillCategory ?? throw MissingWithoutFill(table, row, input);
            if (!indexOf.TryGetValue(category, out var index))
            {
                throw new DataException($"{table.Place(row, input)}: category '{category}' is in no training row"
                    + $"{NearestName.Ending(category, column.Categories!)} Known: {string.Join(", ", column.Categories!.Take(20))}.");
            }

            table.Cells[row * columns.Count + input] = index;
        }
    }

    private static DataException MissingWithoutFill(Table table, int row, int input) =>
        new($"{table.Place(row, input)}: the value is missing, and the model was trained without a value to fill in.");
}
