namespace DistributedTrainer.Data;

/// <summary>Rows of a table with categorical columns: cells hold the category's index and are widened on reading.</summary>
/// <param name="cells">(rows, columns).</param>
/// <param name="widths">By column: the number of categories, 0 for a number.</param>
internal sealed unsafe class OneHotRows(float[] cells, int[] widths) : RowSource
{
    public override int Count { get; } = cells.Length / widths.Length;

    public override int Length { get; } = widths.Sum(width => int.Max(1, width));

    public override void Read(int row, float* values)
    {
        new Span<float>(values, Length).Clear();
        var first = row * widths.Length;
        for (var column = 0; column < widths.Length; column++)
        {
            var cell = cells[first + column];
            if (widths[column] == 0)
                *values++ = cell;
            else
            {
                values[(int)cell] = 1;
                values += widths[column];
            }
        }
    }
}
