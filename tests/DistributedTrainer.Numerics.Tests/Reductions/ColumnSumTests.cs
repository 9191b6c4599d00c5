using CsCheck;

namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class ColumnSumTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    [Fact]
    public void Sums_are_the_weight_gradient_of_an_input_that_is_always_one() =>
        Trees.Sample((columns, rows, width, seed) =>
        {
            var segments = ReductionTree.Postfix(rows);
            var next = ValueSource.Of(Values.Wild, seed);
            using var d = Matrix.Filled(rows.Sum(), columns, 2, next);
            using var ones = Matrix.Filled(rows.Sum(), 1, 0, () => 1);
            using var expected = new Matrix(1, columns);
            using var actual = new Matrix(1, columns);
            GemmReference.WeightGradient(
                1, columns, ones.Pointer, 1, d.Pointer, d.Stride, segments, expected.Pointer, expected.Stride);
            ColumnSums.Run(columns, d.Pointer, d.Stride, null, 0, segments, actual.Pointer, width);
            Matrix.AssertSame(expected, actual, $"{columns} columns, segments {string.Join(' ', segments)}");
        });

    [Fact]
    public void Products_are_the_diagonal_of_the_weight_gradient() =>
        Trees.Sample((columns, rows, width, seed) =>
        {
            var segments = ReductionTree.Postfix(rows);
            var next = ValueSource.Of(Values.Special, seed);
            using var d = Matrix.Filled(rows.Sum(), columns, 2, next);
            using var x = Matrix.Filled(rows.Sum(), columns, 3, next);
            using var products = new Matrix(columns, columns);
            using var expected = new Matrix(1, columns);
            using var actual = new Matrix(1, columns);
            GemmReference.WeightGradient(
                columns, columns, d.Pointer, d.Stride, x.Pointer, x.Stride, segments, products.Pointer, products.Stride);
            for (var column = 0; column < columns; column++)
                expected[0, column] = products[column, column];
            ColumnSums.Run(columns, d.Pointer, d.Stride, x.Pointer, x.Stride, segments, actual.Pointer, width);
            Matrix.AssertSame(expected, actual, $"{columns} columns, segments {string.Join(' ', segments)}");
        });

    [Fact]
    public void Without_rows_sums_are_zero()
    {
        using var sums = Matrix.Filled(1, 5, 0, () => 7);
        ColumnSums.Sum(5, sums.Pointer, 5, [], sums.Pointer);
        for (var column = 0; column < 5; column++)
            Assert.Equal(0f, sums[0, column]);
    }

    private static Gen<(int Columns, int[] Rows, VectorWidth Width, int Seed)> Trees =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 30].Array[1, 9], Gen.Int[0, 3].Select(i => Widths[i]), Gen.Int);
}
