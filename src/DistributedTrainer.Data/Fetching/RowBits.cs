namespace DistributedTrainer.Data;

/// <summary>A set of rows as a bit for each row of the file, row r being bit r mod 8 of byte r / 8.</summary>
internal static class RowBits
{
    public static int BytesFor(int rows) => (int)(((long)rows + 7) / 8);

    /// <param name="rows">None make null.</param>
    /// <param name="count">Rows of the file.</param>
    public static byte[]? Of(int[]? rows, int count)
    {
        if (rows is null or [])
            return null;
        var bits = new byte[BytesFor(count)];
        foreach (var row in rows)
            bits[row / 8] |= (byte)(1 << row % 8);
        return bits;
    }

    public static bool Has(byte[]? bits, int row) => bits is not null && (bits[row / 8] >> row % 8 & 1) != 0;

    /// <summary>Ascending.</summary>
    public static int[] Rows(int count, Predicate<int> isIn) => [.. Enumerable.Range(0, count).Where(row => isIn(row))];
}
