namespace DistributedTrainer.Data.Tests;

public class DiabetesRegressionTests
{
    [Fact]
    public void Least_squares_on_the_prepared_rows_reaches_the_closed_form_error()
    {
        using var set = DataSet.Load(new BuiltInData("diabetes"), TargetType.Values, seed: 1);
        var rows = set.Train.Inputs(10).Select(row => row.Select(value => (double)value).Append(1).ToArray()).ToArray();
        var targets = set.Train.Targets(10);

        var weights = SolveNormalEquations(rows, targets);
        var error = rows.Zip(targets, (row, target) => Dot(row, weights) - target).Average(difference => difference * difference);

        Assert.Equal(2859.6963, error, 1e-3);
    }

    /// <summary>Gauss–Jordan on XᵀX w = Xᵀy.</summary>
    private static double[] SolveNormalEquations(double[][] rows, float[] targets)
    {
        var size = rows[0].Length;
        var system = new double[size, size + 1];
        foreach (var (row, target) in rows.Zip(targets))
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                    system[i, j] += row[i] * row[j];
                system[i, size] += row[i] * target;
            }
        }

        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var i = 0; i < size; i++)
            {
                var ratio = system[i, pivot] / system[pivot, pivot];
                for (var j = pivot; i != pivot && j <= size; j++)
                    system[i, j] -= ratio * system[pivot, j];
            }
        }

        return [.. Enumerable.Range(0, size).Select(i => system[i, size] / system[i, i])];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
