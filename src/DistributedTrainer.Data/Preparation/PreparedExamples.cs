namespace DistributedTrainer.Data;

/// <summary>A part as rows of a source, normalized while they are read.</summary>
/// <param name="inputs">Raw inputs of the whole source.</param>
/// <param name="targets">Targets of the whole source; null where new rows have none.</param>
/// <param name="rows">The part's rows in the source, ascending; null for all.</param>
/// <param name="firstId">Row id of the source's row 0.</param>
/// <param name="normalizer">Fitted on the training rows.</param>
internal sealed unsafe class PreparedExamples(RowSource inputs, RowSource? targets, int[]? rows, long firstId, Normalizer normalizer)
    : Examples
{
    public override int Count => rows?.Length ?? inputs.Count;

    public override bool HasTargets => targets is not null;

    public override long RowId(int index) => firstId + SourceRow(index);

    public override void Read(ReadOnlySpan<int> indexes, float* inputRows, float* targetRows) => Read(indexes, inputRows, targetRows, null, 0);

    /// <inheritdoc cref="Read(ReadOnlySpan{int}, float*, float*)"/>
    /// <param name="reader">Augments the inputs before they are normalized; null for inputs as they are.</param>
    internal void Read(ReadOnlySpan<int> indexes, float* inputRows, float* targetRows, TrainingReader? reader, uint epoch)
    {
        if (targetRows != null && targets is null)
            throw new InvalidOperationException("These rows have no targets: pass null for them.");
        Expect(inputs.Cache, indexes);
        for (var i = 0; i < indexes.Length; i++)
        {
            var row = SourceRow(indexes[i]);
            if (i + 1 < indexes.Length)
                inputs.Prefetch(SourceRow(indexes[i + 1]));
            inputs.Read(row, inputRows);
            reader?.Augment(inputRows, (uint)(firstId + row), epoch);
            normalizer.Apply(inputRows, inputs.Length);
            inputRows += inputs.Length;
        }

        for (var i = 0; i < indexes.Length && targetRows != null; i++)
        {
            targets!.Read(SourceRow(indexes[i]), targetRows);
            targetRows += targets.Length;
        }
    }

    public override void AddFetched(int index, ICollection<int> fetched)
    {
        if (inputs.Cache is not null)
            fetched.Add(inputs.Fetched(SourceRow(index)));
    }

    private int SourceRow(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"A row index from 0 to {Count - 1} is needed.");
        return rows is null ? index : rows[index];
    }
}
