namespace DistributedTrainer.Data;

/// <summary>
/// Cuts rows into nearly equal slices: slice s of S over n rows is rows ⌊s·n/S⌋ to ⌊(s+1)·n/S⌋. Evaluation cuts a part so, in natural
/// order.
/// </summary>
public static class RowSlices
{
    /// <summary>The first row of a slice; slice = slices gives the end of the last one.</summary>
    public static int Start(int rows, int slices, int slice) => (int)((long)slice * rows / slices);

    /// <summary>Number of rows in a slice; 0 where there are fewer rows than slices and this one is empty.</summary>
    public static int Length(int rows, int slices, int slice) => Start(rows, slices, slice + 1) - Start(rows, slices, slice);

    /// <summary>Writes the row indexes of a slice in natural order; returns their number.</summary>
    public static int Write(int rows, int slices, int slice, Span<int> indexes)
    {
        var start = Start(rows, slices, slice);
        var length = Length(rows, slices, slice);
        for (var i = 0; i < length; i++)
            indexes[i] = start + i;
        return length;
    }
}
