namespace DistributedTrainer.Data;

/// <summary>An input column: a number, or text to be one-hot coded.</summary>
internal sealed record TableInput(string Name, bool IsCategorical);

/// <summary>What is read of a table: the inputs in order, and the target; null where it is not read.</summary>
internal sealed record TableSchema(IReadOnlyList<TableInput> Inputs, string? Target, bool TargetIsText)
{
    public const int NotRead = -1;
    public const int IsTarget = -2;

    /// <summary>Every column of the header that is neither target nor ignored is an input, in file order.</summary>
    /// <exception cref="DataException">A column named in the job is not in the header, or no input is left.</exception>
    public static TableSchema Of(string file, IReadOnlyList<string> header, CsvData spec, TargetType target)
    {
        Require(file, header, spec.Target, "target");
        foreach (var name in spec.Categorical)
            Require(file, header, name, "categorical");
        foreach (var name in spec.Ignore)
            Require(file, header, name, "ignore");
        if (spec.Categorical.Concat(spec.Ignore).Contains(spec.Target))
            throw new DataException($"{file}: '{spec.Target}' is the target and cannot be listed under categorical or ignore too.");

        var inputs = header
            .Where(name => name != spec.Target && !spec.Ignore.Contains(name))
            .Select(name => new TableInput(name, spec.Categorical.Contains(name)))
            .ToList();
        if (inputs.Count == 0)
            throw new DataException($"{file}: no input column is left beside the target '{spec.Target}'.");
        return new TableSchema(inputs, spec.Target, target != TargetType.Values);
    }

    /// <summary>The columns that a trained model needs of new rows.</summary>
    public static TableSchema Of(Preparation preparation, bool withTarget) => new(
        [.. preparation.Columns.Select(column => new TableInput(column.Name, column.Categories is not null))],
        withTarget ? preparation.TargetColumn : null,
        preparation.Target != TargetType.Values);

    /// <summary>
    /// By column of a file: the input's position, <see cref="IsTarget"/> or <see cref="NotRead"/>. Columns are matched by name.
    /// </summary>
    /// <exception cref="DataException">The file lacks a column.</exception>
    public int[] Bind(string file, IReadOnlyList<string> header)
    {
        var roles = new int[header.Count];
        Array.Fill(roles, NotRead);
        for (var input = 0; input < Inputs.Count; input++)
            roles[Require(file, header, Inputs[input].Name, "input")] = input;
        if (Target is not null)
            roles[Require(file, header, Target, "target")] = IsTarget;
        return roles;
    }

    private static int Require(string file, IReadOnlyList<string> header, string name, string role)
    {
        for (var column = 0; column < header.Count; column++)
        {
            if (header[column] == name)
                return column;
        }

        var separator = header.Count == 1 && header[0].Contains(';') ? " The header has semicolons; columns are separated by commas." : "";
        var listed = string.Join(", ", header.Take(20)) + (header.Count > 20 ? ", …" : "");
        throw new DataException($"{file}: no column '{name}' ({role}){NearestName.Ending(name, header)} Columns: {listed}.{separator}");
    }
}
