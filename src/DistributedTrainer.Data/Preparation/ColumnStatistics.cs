namespace DistributedTrainer.Data;

/// <summary>Statistics by column, in double, over rows in the order given: one chain a column, so the bits are fixed.</summary>
internal sealed unsafe class ColumnStatistics
{
    private ColumnStatistics(int columns)
    {
        Mean = new double[columns];
        Deviation = new double[columns];
        Min = new float[columns];
        Max = new float[columns];
        Array.Fill(Min, float.PositiveInfinity);
        Array.Fill(Max, float.NegativeInfinity);
    }

    public double[] Mean { get; }

    /// <summary>Square root of the mean squared distance from the mean; zeros unless asked for.</summary>
    public double[] Deviation { get; }

    public float[] Min { get; }

    public float[] Max { get; }

    public static ColumnStatistics Of(RowSource rows, int[] order, bool withDeviation)
    {
        var statistics = new ColumnStatistics(rows.Length);
        var values = new float[rows.Length];
        fixed (float* row = values)
        {
            foreach (var index in order)
            {
                rows.Read(index, row);
                statistics.AddToSums(values);
            }

            Divide(statistics.Mean, order.Length);
            if (!withDeviation)
                return statistics;

            foreach (var index in order)
            {
                rows.Read(index, row);
                statistics.AddToSquares(values);
            }
        }

        Divide(statistics.Deviation, order.Length);
        for (var column = 0; column < rows.Length; column++)
            statistics.Deviation[column] = Math.Sqrt(statistics.Deviation[column]);
        return statistics;
    }

    private void AddToSums(ReadOnlySpan<float> values)
    {
        for (var column = 0; column < values.Length; column++)
        {
            var value = values[column];
            Mean[column] += value;
            if (value < Min[column])
                Min[column] = value;
            if (value > Max[column])
                Max[column] = value;
        }
    }

    private void AddToSquares(ReadOnlySpan<float> values)
    {
        for (var column = 0; column < values.Length; column++)
        {
            var distance = values[column] - Mean[column];
            Deviation[column] += distance * distance;
        }
    }

    private static void Divide(double[] sums, int count)
    {
        for (var column = 0; column < sums.Length; column++)
            sums[column] /= count;
    }
}
