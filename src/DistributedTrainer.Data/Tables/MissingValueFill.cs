namespace DistributedTrainer.Data;

/// <summary>
/// What a missing number becomes: a statistic of the column over the training rows that have a value, in double, in row order.
/// </summary>
internal static class MissingValueFill
{
    /// <exception cref="DataException">No training row has a value.</exception>
    public static float Of(Table table, int[] training, int input, MissingValues missing)
    {
        var columns = table.Schema.Inputs.Count;
        var values = new List<float>(training.Length);
        foreach (var row in training)
        {
            var value = table.Cells[row * columns + input];
            if (!float.IsNaN(value))
                values.Add(value);
        }

        if (values.Count == 0)
        {
            throw new DataException(
                $"{table.Name}: column '{table.Schema.Inputs[input].Name}' has no value in any training row; list it under 'ignore'.");
        }

        return missing switch
        {
            MissingValues.Mean => Mean(values),
            MissingValues.Median => Median(values),
            MissingValues.MostFrequent => MostFrequent(values),
            _ => throw new ArgumentOutOfRangeException(nameof(missing), missing, "Not a way to fill."),
        };
    }

    private static float Mean(List<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return (float)(sum / values.Count);
    }

    /// <summary>The middle value; of an even number the mean of the two in the middle.</summary>
    private static float Median(List<float> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (float)(((double)values[middle - 1] + values[middle]) / 2);
    }

    /// <summary>Of equally frequent values the smallest.</summary>
    private static float MostFrequent(List<float> values)
    {
        values.Sort();
        var (best, bestRun, run) = (values[0], 1, 1);
        for (var i = 1; i < values.Count; i++)
        {
            run = values[i] == values[i - 1] ? run + 1 : 1;
            if (run > bestRun)
                (best, bestRun) = (values[i], run);
        }

        return best;
    }
}
