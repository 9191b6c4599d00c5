namespace DistributedTrainer.Cli;

/// <summary>A plain table: columns as wide as their widest cell, the first to the left and the others as told.</summary>
internal static class TextTable
{
    /// <param name="right">By column: numbers stand at the right.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> titles, IReadOnlyList<bool> right, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = titles.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        WriteRow(titles);
        output.WriteLine("  " + string.Join("  ", widths.Select(width => new string('─', width))));
        foreach (var row in rows)
            WriteRow(row);

        void WriteRow(IReadOnlyList<string> row) =>
            output.WriteLine(("  " + string.Join("  ", row.Select((cell, column) => right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])))).TrimEnd());
    }
}
