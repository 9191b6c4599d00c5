using CsCheck;

namespace DistributedTrainer.Data.Tests;

public sealed class NormalizationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Gen<(int Width, float[] Values)> Matrices =
        from rows in Gen.Int[2, 30]
        from width in Gen.Int[1, 40]
        from values in Gen.Int[-100_000, 100_000].Array[rows * width]
        select (width, Array.ConvertAll(values, value => value / 128f));

    [Fact]
    public void Standard_gives_mean_0_and_deviation_1() => Matrices.Sample(
        matrix =>
        {
            using var set = Load(matrix.Width, matrix.Values, Normalization.Standard);
            var rows = set.Train.Inputs(matrix.Width);
            for (var column = 0; column < matrix.Width; column++)
            {
                Assert.Equal(0, rows.Average(row => (double)row[column]), 1e-4);
                var isConstant = matrix.Values.Where((_, i) => i % matrix.Width == column).Distinct().Count() == 1;
                Assert.Equal(isConstant ? 0 : 1, rows.Average(row => (double)row[column] * row[column]), 1e-4);
            }
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void The_formula_is_two_float32_roundings_at_every_column() => Matrices.Sample(
        matrix =>
        {
            using var set = Load(matrix.Width, matrix.Values, Normalization.MinMax);
            var (offset, factor) = (set.Preparation.Offset, set.Preparation.Factor);
            var rows = set.Train.Inputs(matrix.Width);
            for (var i = 0; i < matrix.Values.Length; i++)
            {
                var (row, column) = Math.DivRem(i, matrix.Width);
                var shifted = matrix.Values[i] - offset[column];
                Assert.Equal(shifted * factor[column], rows[row][column]);
                Assert.InRange(rows[row][column], 0f, 1.0000001f);
            }
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Fitting_is_one_double_chain_in_row_order()
    {
        // Summed in any other order or width, 1 and −1 around 2⁵³ would give another mean.
        using var set = Load(1, [9007199254740992f, 1f, -9007199254740992f, 1f], Normalization.Standard);
        var sum = 0.0;
        foreach (var value in new[] { 9007199254740992.0, 1, -9007199254740992.0, 1 })
            sum += value;

        Assert.Equal((float)(sum / 4), set.Preparation.Offset[0]);
        Assert.Equal(0.25f, set.Preparation.Offset[0]);
    }

    [Theory]
    [InlineData(Normalization.Standard)]
    [InlineData(Normalization.MinMax)]
    public void A_constant_column_becomes_0(Normalization kind)
    {
        // 0.1 has a double mean that is not 0.1: the deviation must not be taken from such a rounding.
        using var set = Load(2, [0.1f, 1, 0.1f, 2, 0.1f, 4], kind);

        Assert.All(set.Train.Inputs(2), row => Assert.Equal(0f, row[0]));
        Assert.Equal((0.1f, 1f), (set.Preparation.Offset[0], set.Preparation.Factor[0]));
    }

    [Fact]
    public void Only_training_rows_are_fitted()
    {
        using var set = Load(1, [.. Enumerable.Range(0, 100).Select(value => (float)value * value)], Normalization.MinMax, validation: 0.5);
        var values = set.Train.Inputs(1).Select(row => row[0]).ToList();

        Assert.Equal(0f, values.Min());
        Assert.Equal(1f, values.Max(), 1e-6f);
        Assert.Equal(50, set.Validation!.Count);
    }

    [Fact]
    public void Scale_multiplies_by_the_float32_reciprocal_of_255()
    {
        using var set = Load(1, [255, 51, 3], Normalization.Scale);

        Assert.Equal([255 * (1 / 255f), 51 * (1 / 255f), 3 * (1 / 255f)], set.Train.Inputs(1).Select(row => row[0]));
    }

    [Theory]
    [InlineData(Normalization.Standard)]
    [InlineData(Normalization.MinMax)]
    public void A_spread_beyond_float32_is_an_error(Normalization kind)
    {
        var error = Assert.Throws<DataException>(() => Load(1, [3e38f, -3e38f, -3e38f], kind));

        Assert.Contains("too wide for float32", error.Message);
    }

    private DataSet Load(int width, float[] values, Normalization kind, double validation = 0)
    {
        var rows = values.Length / width;
        var spec = new NpyData(
            _folder.Write("x.npy", ArrayBytes.Npy("<f4", $"({rows}, {width})", ArrayBytes.Floats(values))),
            _folder.Write("y.npy", ArrayBytes.Npy("<f4", $"({rows},)", new byte[4 * rows])))
        {
            Normalize = kind,
            ValidationFraction = validation,
        };
        return DataSet.Load(spec, TargetType.Values, seed: 1);
    }
}
