namespace DistributedTrainer.Data;

/// <summary>
/// Windows of a token file as examples: inputs are tokens s to s + W − 1, targets the tokens that follow each, s + 1 to s + W. Window i
/// begins at i · stride; nothing is copied but what is read.
/// </summary>
/// <param name="file">All tokens.</param>
/// <param name="first">The part's first token in the file.</param>
/// <param name="count">The part's tokens.</param>
/// <param name="window">W.</param>
/// <param name="stride">Tokens from one window's begin to the next one's.</param>
internal sealed unsafe class TextWindows(TokenFile file, long first, long count, int window, int stride) : Examples
{
    public override int Count { get; } = checked((int)(count <= window ? 0 : (count - window - 1) / stride + 1));

    public override long RowId(int index) => first + (long)index * stride;

    public override void AddFetched(int index, ICollection<int> rows) => file.AddFetched(RowId(index), window + 1, rows);

    public override void Read(ReadOnlySpan<int> rows, float* inputs, float* targets)
    {
        Expect(file.Cache, rows);
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"A row index from 0 to {Count - 1} is needed.");
            file.Read(RowId(row), window, inputs);
            inputs += window;
            if (targets == null)
                continue;
            file.Read(RowId(row) + 1, window, targets);
            targets += window;
        }
    }
}
